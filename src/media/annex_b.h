// The little of H.264's byte stream that we must read ourselves.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace vita {

enum class NalType : uint8_t { slice = 1, idr_slice = 5, sps = 7, pps = 8 };

// The first NAL unit of that type, with its header byte, without start code; empty if there is
// none.
std::span<const uint8_t> find_nal(std::span<const uint8_t> annex_b, NalType type);

// "avc1.42c01f" from the SPS, as in RFC 6381; empty without an SPS.
std::string h264_codec(std::span<const uint8_t> annex_b);

}  // namespace vita
