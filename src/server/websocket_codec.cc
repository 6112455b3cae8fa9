#include "server/websocket_codec.h"

#include <algorithm>
#include <utility>

#include "stream/prompt.h"

namespace vita {
namespace {

constexpr int kContinuation = 0;
constexpr size_t kControlBytesMax = 125;

bool is_control(int opcode) { return opcode >= 8; }

bool known(int opcode) {
  return opcode == kContinuation || opcode == 1 || opcode == 2 || (opcode >= 8 && opcode <= 10);
}

}  // namespace

void WebSocketReader::fail(uint16_t code) {
  if (failure_ == 0) failure_ = code;
}

bool WebSocketReader::check_header(int opcode, uint64_t size) {
  const bool control = is_control(opcode);
  const bool continues = opcode == kContinuation;
  if (!known(opcode) || (control && (!final_ || size > kControlBytesMax)) ||
      (!control && continues != fragmented_.has_value())) {
    fail(kCloseProtocol);
    return false;
  }
  if (!control && size > limit_ - std::min(limit_, message_.size())) {
    fail(kCloseTooBig);
    return false;
  }
  return true;
}

// Takes the header's fields once all of its bytes are there.
bool WebSocketReader::read_header() {
  const auto byte = [this](size_t at) { return static_cast<uint8_t>(header_[at]); };
  if (header_.size() < 2) return false;
  // No extension was agreed on, so the reserved bits are clear; a client always masks.
  if ((byte(0) & 0x70) != 0 || (byte(1) & 0x80) == 0) {
    fail(kCloseProtocol);
    return false;
  }
  uint64_t size = byte(1) & 0x7f;
  const size_t size_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (header_.size() < 2 + size_bytes + 4) return false;
  if (size_bytes > 0) {
    size = 0;
    for (size_t k = 0; k < size_bytes; k++) size = (size << 8) | byte(2 + k);
  }
  final_ = (byte(0) & 0x80) != 0;
  opcode_ = byte(0) & 0x0f;
  if (!check_header(opcode_, size)) return false;
  for (size_t k = 0; k < 4; k++) mask_[k] = byte(2 + size_bytes + k);
  left_ = size;
  mask_at_ = 0;
  header_.clear();
  if (!is_control(opcode_) && opcode_ != kContinuation) {
    fragmented_ = static_cast<WebSocketKind>(opcode_);
  }
  state_ = State::payload;
  return true;
}

void WebSocketReader::end_message(WebSocketKind kind, std::string payload) {
  if (kind == WebSocketKind::text && find_invalid_utf8(payload) != std::string::npos) {
    fail(kCloseBadText);
    return;
  }
  whole_.push_back({kind, std::move(payload)});
}

void WebSocketReader::end_frame() {
  state_ = State::header;
  if (is_control(opcode_)) {
    end_message(static_cast<WebSocketKind>(opcode_), std::exchange(control_, {}));
  } else if (final_) {
    const WebSocketKind kind = *fragmented_;
    fragmented_.reset();
    end_message(kind, std::exchange(message_, {}));
  }
}

void WebSocketReader::feed(std::string_view bytes) {
  while (failure_ == 0) {
    if (state_ == State::payload) {
      const size_t count = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
      std::string& into = is_control(opcode_) ? control_ : message_;
      for (const char c : bytes.substr(0, count)) {
        into += static_cast<char>(static_cast<uint8_t>(c) ^ mask_[mask_at_++ & 3]);
      }
      bytes.remove_prefix(count);
      left_ -= count;
      if (left_ > 0) return;
      end_frame();
    } else {
      if (bytes.empty()) return;
      header_ += bytes.front();
      bytes.remove_prefix(1);
      read_header();
    }
  }
}

std::optional<WebSocketMessage> WebSocketReader::next() {
  if (whole_.empty()) return std::nullopt;
  WebSocketMessage message = std::move(whole_.front());
  whole_.pop_front();
  return message;
}

std::string websocket_header(WebSocketKind kind, size_t payload_bytes) {
  std::string header(1, static_cast<char>(0x80 | static_cast<int>(kind)));
  int size_bytes = 0;
  if (payload_bytes < 126) {
    header += static_cast<char>(payload_bytes);
  } else if (payload_bytes < 65536) {
    header += static_cast<char>(126);
    size_bytes = 2;
  } else {
    header += static_cast<char>(127);
    size_bytes = 8;
  }
  for (int shift = 8 * (size_bytes - 1); shift >= 0; shift -= 8) {
    header += static_cast<char>((static_cast<uint64_t>(payload_bytes) >> shift) & 0xff);
  }
  return header;
}

std::string close_payload(uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  payload += reason.substr(0, kControlBytesMax - 2);
  return payload;
}

}  // namespace vita
