// A file that gets its name only when it is whole.
#pragma once
#include <string>

namespace vita {

// Owns `<path>.part` on the disk from construction until commit(), leave() or destruction, which
// removes it.
class PartFile {
 public:
  // Throws Error{io} saying why when `path` cannot become a file: a missing or read-only folder, a
  // folder or device of that name.
  explicit PartFile(std::string path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::string& part_path() const { return part_path_; }
  // Renames the part to the final name. Throws Error{io}.
  void commit();
  // The part stays on the disk under its own name.
  void leave() { done_ = true; }

 private:
  std::string path_, part_path_;
  bool done_ = false;  // nothing is left to remove
};

}  // namespace vita
