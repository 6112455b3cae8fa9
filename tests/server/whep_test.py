"""Viewers over WebRTC.

    whep_test.py PROGRAM MODEL_DIR WHEP_VIEWER [unittest arguments]
"""
import sys
import time

import client
import whep

VIEWERS = 'vitascope_viewers{transport="webrtc"}'


class Whep(client.ServerTest):
    def viewer(self, session, token=None):
        viewer = whep.WhepViewer(VIEWER_PROGRAM, self.server, session, token)
        self.addCleanup(viewer.vanish)
        return viewer

    def wait_for_metric(self, name, value, seconds):
        deadline = time.monotonic() + seconds
        while (found := self.server.metric(name)) != value and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(found, value, name)

    def test_pictures_and_the_channel(self):
        session = self.create()
        viewer = self.viewer(session)
        self.assertEqual(viewer.answer.headers["Content-Type"], "application/sdp")
        self.assertRegex(viewer.url, rf"^{session['whep_url']}/p_[0-9a-f]+$")
        hello = viewer.hear("hello")
        self.assertEqual([hello["role"], hello["session"]["id"]], ["steer", session["id"]])
        viewer.wait(lambda: len(viewer.units) >= 24)
        self.assertTrue(viewer.units[0][0], "the first picture is a key frame")
        times = [rtp for _, _, rtp in viewer.units]
        frames = [round(rtp / 90000 * 24) for rtp in times]
        self.assertEqual(times, [round(frame * 1e6 / 24) * 9 // 100 for frame in frames])
        self.assertEqual(frames, sorted(set(frames)))
        self.assertEqual(self.server.metric(VIEWERS), 1)

    def test_the_channel_steers(self):
        session = self.create()
        viewer = self.viewer(session)
        viewer.say("prompt", id="p", text="night dragon", transition=0)
        receipt = viewer.hear("receipt", id="p")
        self.assertEqual(receipt["outcome"], "applied")
        self.assertEqual(viewer.hear("understood", id="p")["ignored"], ["dragon"])
        shown = receipt["pts_us"] * 9 // 100
        viewer.wait(lambda: viewer.units and viewer.units[-1][2] >= shown)
        viewer.say("ping", t=4)
        self.assertEqual(viewer.hear("pong")["t"], 4)
        viewer.command(say="no json")
        self.assertEqual(viewer.hear("error")["code"], "bad_message")

    def test_a_watcher_sees_and_does_not_steer(self):
        session = self.create()
        steering, watching = self.viewer(session), self.viewer(session, self.watch_token(session))
        self.assertEqual(watching.hear("hello")["role"], "watch")
        watching.say("pause", id="x")
        self.assertEqual(watching.hear("error")["code"], "forbidden")
        for viewer in (steering, watching):
            viewer.wait(lambda viewer=viewer: len(viewer.units) >= 12)
        self.assertEqual(watching.hear("stats", viewers=2)["viewers"], 2)

    def test_losses_lower_the_bit_rate(self):
        session = self.create()
        viewer = self.viewer(session)
        before = viewer.hear("stats")["bitrate_kbps"]
        for _ in range(4):
            viewer.say("stats", loss=0.3, rtt_ms=20)
            viewer.hear("stats")
        self.assertLess(viewer.hear("stats")["bitrate_kbps"], before)

    def test_a_key_frame_on_request(self):
        viewer = self.viewer(self.create())
        viewer.wait(lambda: len(viewer.units) >= 12)
        keys = sum(key for key, _, _ in viewer.units)
        time.sleep(0.6)  # key frames are asked for at most that often
        viewer.command(key=True)
        viewer.wait(lambda: sum(key for key, _, _ in viewer.units) > keys)

    def test_trickle(self):
        session = self.create()
        viewer = self.viewer(session)
        for fragment, status in (("a=candidate:1 1 UDP 2122 127.0.0.1 9 typ host\r\n", 204), ("", 204),
                                 ("m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n", 204),
                                 ("a=candidate:none\r\n", 400), ("a=candidate:" + "x" * 5000 + "\r\n", 400)):
            answer = self.server.request("PATCH", viewer.url, fragment, key=session["token"],
                                         headers={"Content-Type": "application/trickle-ice-sdpfrag"})
            self.assertEqual(answer.status, status, fragment[:60])

    def test_hanging_up(self):
        session = self.create()
        viewer = self.viewer(session)
        viewer.wait(lambda: viewer.units)
        self.assertEqual(viewer.hang_up().status, 204)
        self.wait_for_metric(VIEWERS, 0, 10)
        self.assertEqual(viewer.hang_up().status, 404)
        self.assertEqual(self.server.request("GET", "/v1/sessions/" + session["id"]).json["controllers"], 0)

    def test_one_that_vanishes(self):
        viewer = self.viewer(self.create())
        viewer.wait(lambda: viewer.units)
        viewer.vanish()
        self.wait_for_metric(VIEWERS, 0, 60)

    def test_one_that_never_connects(self):
        session = self.create()
        for _ in range(3):
            self.viewer(session).vanish()
        self.wait_for_metric(VIEWERS, 0, 60)

    def test_the_end(self):
        session = self.create()
        viewer = self.viewer(session)
        viewer.hear("hello")
        self.server.request("DELETE", "/v1/sessions/" + session["id"])
        self.assertEqual(viewer.hear("bye")["reason"], "deleted")
        self.wait_for_metric(VIEWERS, 0, 10)


class Drain(client.ServerTest):
    def test_a_server_with_viewers_ends_well(self):
        session = self.server.request("POST", "/v1/sessions", client.SMALL).json
        viewers = [whep.WhepViewer(VIEWER_PROGRAM, self.server, session) for _ in range(2)]
        for viewer in viewers:
            self.addCleanup(viewer.vanish)
            viewer.hear("hello")
        code, seconds = self.server.stop()
        self.assertEqual(code, 0, self.server.log())
        self.assertLess(seconds, 10)
        for viewer in viewers:
            self.assertEqual(viewer.hear("bye")["reason"], "draining")


if __name__ == "__main__":
    VIEWER_PROGRAM = sys.argv.pop(3)
    client.main()
