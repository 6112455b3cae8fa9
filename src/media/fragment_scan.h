// How far a fragmented MP4 file that broke off can be played.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace vita {

// The part of a file from its beginning to the end of its last complete fragment. All zero if there
// is none.
struct PlayablePart {
  int64_t bytes = 0;          // of the file
  int64_t frames = 0;         // pictures in it
  int64_t picture_bytes = 0;  // what they take
};

// Fills `out` with the bytes from `offset` on; false if they cannot all be had.
using ReadAt = std::function<bool(int64_t offset, std::span<uint8_t> out)>;

// Reads the headers of a file as FragmentWriter writes it: ftyp, moov, then moof and mdat in turn,
// at the end mfra. Whatever else stands there ends the playable part. Any bytes will do: it neither
// throws nor reads the same place twice.
PlayablePart find_playable_part(int64_t file_bytes, const ReadAt& read);

// The same of a file on the disk, which is cut after that part if there is one. Throws Error{io}.
PlayablePart cut_to_playable_part(const std::string& path);

}  // namespace vita
