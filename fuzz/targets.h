// What the fuzzers feed. Each function takes any bytes, and must neither crash nor throw.
#pragma once
#include <cstddef>
#include <span>

namespace vita::fuzz {

void read_safetensors(std::span<const std::byte> input);
void read_config(std::span<const std::byte> input);
void read_prompt(std::span<const std::byte> input);
void read_timeline_script(std::span<const std::byte> input);
void read_recording(std::span<const std::byte> input);
void read_bodies(std::span<const std::byte> input);
void read_websocket(std::span<const std::byte> input);
void read_control(std::span<const std::byte> input);
void read_sdp(std::span<const std::byte> input);
void read_log(std::span<const std::byte> input);

}  // namespace vita::fuzz
