// Controls as JSON objects: the same shape in messages, timeline scripts and session logs.
#pragma once
#include "stream/strict_json.h"
#include "vita/control.h"

namespace vita {

// What each control's object may and must hold; docs/live.md has the table. `also` names keys that
// the caller reads itself. Numbers are checked, texts are not: check_control() does.
MoveControl read_move(const strict_json::json& object, strict_json::Keys also,
                      const strict_json::Place& place);
LookControl read_look(const strict_json::json& object, strict_json::Keys also,
                      const strict_json::Place& place);
CameraControl read_camera(const strict_json::json& object, strict_json::Keys also,
                          const strict_json::Place& place);
EventControl read_event(const strict_json::json& object, strict_json::Keys also,
                        const strict_json::Place& place);
// Seconds of a change: the key "transition", or what stands for it.
double read_transition(const strict_json::json& object, double unsaid,
                       const strict_json::Place& place);

// Whether `type` names a control: prompt, move, look, autopilot, camera, event, pause, resume,
// reset or tier.
bool names_control(const std::string& type);
// Reads the control that the key "type" names, and checks it.
Control read_control(const strict_json::json& object, strict_json::Keys also,
                     const strict_json::Place& place);
// An object that read_control() reads again as the same control, bit for bit.
strict_json::json control_json(const Control& control);

}  // namespace vita
