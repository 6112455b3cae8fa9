"""Sessions that run: pictures, controls, watchers, recordings, the end.

    live_test.py PROGRAM MODEL_DIR [unittest arguments]
"""
import contextlib
import json
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import client


def decoded_frames(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-of", "json", "-show_entries",
                           "stream=width,height,nb_read_frames", str(path)], capture_output=True, text=True, check=True)
    stream = json.loads(done.stdout)["streams"][0]
    return stream["width"], stream["height"], int(stream["nb_read_frames"])


class Pictures(client.ServerTest):
    def decode(self, units):
        with tempfile.NamedTemporaryFile(suffix=".h264") as file:
            file.write(b"".join(units))
            file.flush()
            return decoded_frames(file.name)

    def test_a_viewer_gets_pictures_from_a_key_frame_on(self):
        session = self.create()
        time.sleep(0.3)  # join in the middle
        video = self.video(session)
        pictures = [video.picture() for _ in range(24)]
        self.assertTrue(pictures[0][0], "the first picture is a key frame")
        self.assertEqual([p[1] for p in pictures], list(range(24)))
        frames = [p[2] for p in pictures]
        self.assertEqual(frames, sorted(set(frames)))
        for _, _, frame, pts_us, _ in pictures:
            self.assertEqual(pts_us, round(frame * 1e6 / 24))
        self.assertEqual(self.decode(p[4] for p in pictures), (320, 192, 24))

    def test_two_viewers_see_the_same(self):
        session = self.create()
        seen = []
        for video in (self.video(session), self.video(session, self.watch_token(session))):
            seen.append({frame: unit for _, _, frame, _, unit in (video.picture() for _ in range(24))})
        common = set(seen[0]) & set(seen[1])
        self.assertTrue(common)
        for frame in common:
            self.assertEqual(seen[0][frame], seen[1][frame], frame)

    def test_a_paused_session_shows_its_picture_to_all(self):
        session = self.create(paused=True)
        for _ in range(3):
            with self.video(session) as video:
                key, sequence, frame, _, unit = video.picture()
                self.assertEqual([key, sequence, frame], [True, 0, 0])
                self.assertEqual(self.decode([unit]), (320, 192, 1))
        state = self.server.request("GET", "/v1/sessions/" + session["id"]).json
        self.assertTrue(state["paused"])

    def test_a_slow_viewer_loses_pictures_up_to_a_key_frame(self):
        session = self.create(size="1280x720", fps=60, prompt="snow night")
        slow, other, control = self.video(session, window=4096), self.video(session), self.control(session)
        sent = []  # what `other` got: frames that the session skipped are in neither

        def read_all():
            with contextlib.suppress(AssertionError, EOFError, OSError):
                while True:
                    sent.append(other.picture()[2])

        reader = threading.Thread(target=read_all)
        reader.start()
        self.addCleanup(reader.join)
        self.addCleanup(self.delete, session["id"])  # which ends the reader
        deadline = time.monotonic() + 60
        name = 'vitascope_queue_dropped_total{queue="websocket_pictures"}'
        while self.server.metric(name) == 0 and time.monotonic() < deadline:
            control.say("key_frame")  # key frames fill the slow one's queue soon
            time.sleep(0.1)
        self.assertGreater(self.server.metric(name), 0)
        got = len(sent)
        last, gaps = slow.picture()[2], 0
        while gaps == 0 and time.monotonic() < deadline:
            key, _, frame, _, _ = slow.picture()
            while sent[-1] < frame:
                time.sleep(0.01)
            if any(last < missed < frame for missed in sent):
                self.assertTrue(key, "after a gap there is a key frame")
                gaps += 1
            last = frame
        self.assertEqual(gaps, 1)
        self.assertGreater(len(sent), got, "the others go on")

    def test_the_end_closes_the_socket(self):
        session = self.create()
        video = self.video(session)
        video.picture()
        self.server.request("DELETE", "/v1/sessions/" + session["id"])
        with self.assertRaises(AssertionError):
            while True:
                video.picture()


class Controls(client.ServerTest):
    def test_a_newcomer_is_greeted(self):
        session = self.create(prompt="snow dragon")
        control = self.control(session)
        hello = control.hear("hello")
        self.assertEqual([hello["role"], hello["session"]["id"]], ["steer", session["id"]])
        self.assertNotIn("token", hello["session"])
        understood = control.hear("understood")
        self.assertEqual([understood["prompt"], understood["ignored"]], ["snow dragon", ["dragon"]])
        first = control.hear("first_frame")
        self.assertEqual(first["frame"], 0)
        self.assertGreater(first["ttff_ms"], 0)

    def test_controls_are_answered_with_their_frame(self):
        session = self.create()
        control = self.control(session)
        for kind, keys in (("move", {"forward": 1}), ("look", {"yaw": 0.1}), ("autopilot", {"on": True}),
                           ("camera", {"x": 1, "z": 2, "y": 3}), ("event", {"name": "time", "value": 20}),
                           ("tier", {"value": "half"})):
            control.say(kind, id=kind, **keys)
            receipt = control.hear("receipt", id=kind)
            self.assertEqual(receipt["outcome"], "applied", kind)
            self.assertEqual(receipt["pts_us"], round(receipt["frame"] * 1e6 / 24))

    def test_a_prompt_says_what_was_understood(self):
        session = self.create()
        control = self.control(session)
        watcher = self.control(session, self.watch_token(session))
        control.say("prompt", id="p", text="night dragon", transition=0)
        self.assertEqual(control.hear("receipt", id="p")["outcome"], "applied")
        understood = control.hear("understood", prompt="night dragon")
        self.assertEqual([understood["id"], understood["ignored"]], ["p", ["dragon"]])
        self.assertNotIn("id", watcher.hear("understood", prompt="night dragon"))
        control.say("prompt", id="q", text="forbidden snow")
        receipt = control.hear("receipt", id="q")
        self.assertEqual(receipt["outcome"], "refused")
        self.assertIn("forbidden", receipt["reason"])

    def test_a_reset_has_a_first_frame(self):
        session = self.create(paused=True)
        control = self.control(session)
        video = self.video(session)
        video.picture()
        control.say("reset", id="r", prompt="desert night", seed=9)
        receipt = control.hear("receipt", id="r")
        self.assertEqual(receipt["outcome"], "applied")
        first = control.hear("first_frame", id="r")
        self.assertEqual(first["frame"], receipt["frame"])
        state = self.server.request("GET", "/v1/sessions/" + session["id"]).json
        self.assertEqual([state["prompt"], state["seed"], state["paused"]], ["desert night", 9, False])
        while video.picture()[2] == 0:  # the paused picture may have been shown again
            pass

    def test_pause_and_resume(self):
        session = self.create()
        control = self.control(session)
        control.say("pause", id="a")
        control.hear("receipt", id="a")
        self.assertTrue(control.hear("stats", paused=True)["paused"])
        control.say("resume", id="b")
        control.hear("receipt", id="b")
        self.assertFalse(control.hear("stats", paused=False)["paused"])

    def test_statistics_come_every_second(self):
        control = self.control(self.create())
        stats = control.hear("stats")
        self.assertLessEqual({"frame", "fps", "late", "skipped", "dropped", "bitrate_kbps", "tier", "viewers",
                              "recording", "paused", "camera", "hour", "stages_ms"}, set(stats))
        self.assertEqual(set(stats["camera"]), {"x", "z", "y", "yaw", "pitch"})

    def test_a_ping_is_answered(self):
        control = self.control(self.create())
        control.say("ping", t=12.5)
        self.assertEqual(control.hear("pong")["t"], 12.5)

    def test_a_watcher_sees_and_does_not_steer(self):
        session = self.create()
        token = self.watch_token(session)
        watcher = self.control(session, token)
        self.assertEqual(watcher.hear("hello")["role"], "watch")
        for kind, keys in (("prompt", {"text": "night"}), ("move", {}), ("pause", {}), ("reset", {}),
                           ("tier", {"value": "half"})):
            watcher.say(kind, id=kind, **keys)
            self.assertEqual(watcher.hear("error", "receipt", id=kind)["code"], "forbidden")
        watcher.say("stats", loss=0.1, rtt_ms=20)
        watcher.say("key_frame")
        watcher.say("ping", t=1)
        watcher.hear("pong")
        self.assertTrue(self.video(session, token).picture()[0])

    def test_open_connections_outlive_their_token(self):
        session = self.create()
        control = self.control(session)
        self.server.request("POST", f"/v1/sessions/{session['id']}/token", key=session["token"])
        control.say("ping", t=2)
        control.hear("pong")

    def test_bye(self):
        session = self.create()
        control = self.control(session)
        self.server.request("DELETE", "/v1/sessions/" + session["id"])
        self.assertEqual(control.hear("bye")["reason"], "deleted")
        self.assertEqual(control.close_code(), 1001)


class Logs(client.ServerTest):
    def test_a_downloaded_log_replays(self):
        session = self.create(size="160x96")
        path = "/v1/sessions/" + session["id"] + "/log"
        control = self.control(session)
        control.say("prompt", id="p", text="a desert at night")
        frame = control.hear("receipt", id="p")["frame"]
        control.say("reset", id="r", seed=5)
        control.hear("receipt", id="r")
        answer = self.server.request("GET", path)
        self.assertEqual(answer.status, 200)
        lines = [json.loads(line) for line in answer.body.splitlines()]
        self.assertEqual(lines[0]["vitascope_log"], 1)
        self.assertIn([frame, "a desert at night"],
                      [[line["frame"], line["control"]["text"]] for line in lines if "control" in line])
        self.assertIn(5, [line["world"]["seed"] for line in lines if "world" in line])
        log = self.folder / "session.log"
        log.write_bytes(answer.body)
        done = subprocess.run([self.program, "replay", str(log), "--hash", "--json", "--model", str(self.model)],
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(json.loads(done.stdout)["frames"], 0)

    def test_a_watcher_does_not_get_the_log(self):
        session = self.create()
        answer = self.server.request("GET", "/v1/sessions/" + session["id"] + "/log", key=self.watch_token(session))
        self.assertEqual(answer.status, 403)


class Limits(client.ServerTest):
    words = ("--max-viewers", "2", "--idle-timeout", "2", "--max-session-time", "4")

    def test_viewers(self):
        session = self.create()
        first, second = self.video(session), self.video(session)
        first.picture()
        second.picture()
        with self.server.websocket(session["video_url"], session["token"]) as third:
            self.assertEqual(third.status, 503)

    def test_a_session_that_nobody_watches_ends(self):
        control = self.control(self.create())
        self.assertEqual(control.hear("bye")["reason"], "idle")

    def test_a_client_that_vanishes_frees_its_place(self):
        session = self.create()
        with self.video(session) as video:
            video.picture()
        deadline = time.monotonic() + 10
        while self.server.metric("vitascope_sessions") > 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(self.server.metric("vitascope_sessions"), 0)

    def test_the_longest_time(self):
        session = self.create(size="160x96")
        control = self.control(session)
        video = self.video(session)
        video.picture()
        self.assertEqual(control.hear("bye")["reason"], "limit")


class Recordings(client.ServerTest):
    def test_a_recording_can_be_downloaded(self):
        session = self.create()
        url = f"/v1/sessions/{session['id']}/recording"
        self.assertEqual(self.server.request("GET", url).status, 404)
        self.assertEqual(self.server.request("DELETE", url).status, 409)
        started = self.server.request("POST", url, key=session["token"])
        self.assertEqual(started.status, 201)
        self.assertEqual(self.server.request("POST", url).status, 409)
        control = self.control(session)
        control.hear("stats", recording=True)
        control.hear("stats")
        status = self.server.request("DELETE", url, key=session["token"]).json
        self.assertEqual(status["state"], "finished")
        self.assertGreater(status["frames"], 12)
        answer = self.server.request("GET", url, key=session["token"])
        self.assertEqual([answer.status, answer.headers["Content-Type"]], [200, "video/mp4"])
        with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
            file.write(answer.body)
            file.flush()
            self.assertEqual(decoded_frames(file.name), (320, 192, status["frames"]))
        part = self.server.request("GET", url, headers={"Range": "bytes=0-99"})
        self.assertEqual([part.status, part.body], [206, answer.body[:100]])


class LogFolder(unittest.TestCase):
    def test_each_session_leaves_its_log(self):
        with tempfile.TemporaryDirectory(prefix="vita-logs-") as folder:
            logs = pathlib.Path(folder, "logs")
            server = client.Server(client.ServerTest.program, client.ServerTest.model, folder, "--log", str(logs))
            self.addCleanup(server.stop)
            session = server.request("POST", "/v1/sessions", client.SMALL).json
            self.assertEqual(server.stop()[0], 0)
            lines = (logs / (session["id"] + ".jsonl")).read_text().splitlines()
            self.assertEqual(json.loads(lines[0])["prompt"], session["prompt"])


class Drain(unittest.TestCase):
    def test_everything_ends_well(self):
        with tempfile.TemporaryDirectory(prefix="vita-drain-") as folder:
            server = client.Server(client.ServerTest.program, client.ServerTest.model, folder)
            session = server.request("POST", "/v1/sessions", client.SMALL).json
            control = server.websocket(session["control_url"], session["token"])
            control.hear("stats")
            started = server.request("POST", f"/v1/sessions/{session['id']}/recording")
            self.addCleanup(server.stop)
            self.assertEqual(started.status, 201)
            control.hear("stats")
            control.hear("stats")
            code, seconds = server.stop()
            self.assertEqual(control.hear("bye")["reason"], "draining")
            control.connection.close()
            self.assertEqual(code, 0, server.log())
            self.assertLess(seconds, 10)
            recorded = list(pathlib.Path(folder, "recordings").iterdir())
            self.assertEqual([path.suffix for path in recorded], [".mp4"])
            self.assertGreater(decoded_frames(recorded[0])[2], 12)

    def test_what_was_recorded_survives_a_kill(self):
        with tempfile.TemporaryDirectory(prefix="vita-kill-") as folder:
            program = (client.ServerTest.program, client.ServerTest.model, folder)
            server = client.Server(*program)
            session = server.request("POST", "/v1/sessions", client.SMALL).json
            self.assertEqual(server.request("POST", f"/v1/sessions/{session['id']}/recording").status, 201)
            with server.websocket(session["control_url"], session["token"]) as control:
                for _ in range(4):
                    control.hear("stats", recording=True)
            server.stop(signal.SIGKILL)
            server = client.Server(*program)
            self.addCleanup(server.stop)
            recorded = list(pathlib.Path(folder, "recordings").iterdir())
            self.assertEqual([path.suffix for path in recorded], [".mp4"])
            self.assertGreater(decoded_frames(recorded[0])[2], 12)
            self.assertIn("recording recovered", server.log())


if __name__ == "__main__":
    client.main()
