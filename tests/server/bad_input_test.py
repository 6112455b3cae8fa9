"""What clients should not do, and what the server does then: it answers, closes, and goes on.

    bad_input_test.py PROGRAM MODEL_DIR [unittest arguments]
"""
import contextlib
import json
import socket
import time

import client

OFFER = ("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF {types}\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=recvonly\r\na=rtcp-mux\r\n"
         "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
         "a=fingerprint:sha-256 " + ":".join(["00"] * 32) + "\r\n{maps}")


class Requests(client.ServerTest):
    def refused(self, answer, status, code, about=None):
        self.assertEqual([answer.status, answer.code], [status, code], about or answer.body)
        self.assertTrue(answer.json["error"]["message"])

    def test_keys_and_tokens(self):
        session, other = self.create(), self.create()
        url = "/v1/sessions/" + session["id"]
        for key in (None, "wrong", "", client.KEY[:-1], client.KEY + "x", session["token"][:-1], "0" * 64, "x" * 5000):
            for path in ("/v1/sessions", "/metrics", url, "/v1/info", "/v1/videos"):
                self.refused(self.server.request("GET", path, key=key), 401, "unauthorized", (key, path))
        for header in ("Basic " + client.KEY, client.KEY, "Bearer", "Bearer  "):
            answer = self.server.request("GET", "/v1/info", key=None, headers={"Authorization": header})
            self.refused(answer, 401, "unauthorized", header)
        for method, path in (("GET", url), ("DELETE", url), ("POST", url + "/token"), ("POST", url + "/viewers"),
                             ("POST", url + "/recording"), ("GET", url + "/recording")):
            answer = self.server.request(method, path, key=other["token"])
            self.refused(answer, 403, "forbidden", (method, path))
        for method, path in (("GET", "/v1/sessions"), ("POST", "/v1/sessions"), ("GET", "/metrics"),
                             ("POST", "/v1/videos")):
            self.refused(self.server.request(method, path, key=session["token"]), 403, "forbidden", path)
        self.assertGreater(self.server.metric('vitascope_rejected_total{reason="unauthorized"}'), 10)
        self.assertNotIn(session["token"], self.server.log())
        self.assertNotIn(client.KEY, self.server.log())

    def test_unknown_places_and_methods(self):
        for path in ("/v1", "/v1/", "/v1/none", "/v1/sessions/", "/v1/sessions/s_none/none/none/none"):
            self.refused(self.server.request("GET", path), 404, "not_found", path)
        for path in ("/v1/sessions/s_none", "/v1/videos/none", "/v1/videos/none/content"):
            self.refused(self.server.request("GET", path), 404, "not_found", path)
        self.refused(self.server.request("POST", "/v1/sessions/s_none/whep", "v=0",
                                         headers={"Content-Type": "application/sdp"}), 404, "not_found")
        for method, path in (("PUT", "/v1/sessions"), ("DELETE", "/healthz"), ("POST", "/metrics"), ("PATCH", "/"),
                             ("POST", "/none"), ("GET", "/v1/understand"), ("TRACE", "/healthz")):
            answer = self.server.request(method, path)
            self.refused(answer, 405, "method_not_allowed", (method, path))
            self.assertTrue(answer.headers["Allow"])

    def test_bodies(self):
        for path in ("/v1/sessions", "/v1/videos", "/v1/understand"):
            for body in ("", "{", "[]", "null", "7", '"snow"', "{}", '{"prompt":7}', '{"prompt":"snow","colour":1}',
                         '{"prompt":"snow","prompt":"snow"}', "[" * 20000, '{"prompt":"\x00"}',
                         json.dumps({"prompt": "a" * 3000}), '{"prompt":"snow"} {}', b"\xff\xfe", b'{"prompt":"\xff"}'):
                answer = self.server.request("POST", path, body, headers={"Content-Type": "application/json"})
                self.refused(answer, 400, "bad_request", (path, body[:40]))
            answer = self.server.request("POST", path, "prompt=snow",
                                         headers={"Content-Type": "application/x-www-form-urlencoded"})
            self.refused(answer, 415, "unsupported_media_type")
        self.assertEqual(self.server.request("GET", "/v1/sessions").json["sessions"], [])
        self.assertEqual(self.server.request("GET", "/v1/videos").json["data"], [])

    def test_giant_bodies_are_not_read(self):
        head = (f"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.KEY}\r\n"
                "Content-Type: application/json\r\n")
        answer = self.server.raw((head + "Content-Length: 1000000000000\r\n\r\n{").encode())
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        self.assertIn(b"too_large", answer)
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        answer = self.server.raw((head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n").encode() +
                                 chunk * 20 + b"0\r\n\r\n")
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        for key in ("wrong", None):  # nor those of strangers
            answer = self.server.raw((f"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
                                      "Content-Length: 1000000\r\n\r\n").encode())
            self.assertIn(b" 401 ", answer.split(b"\r\n")[0])

    def test_what_is_no_http(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500 + b"\r\n\r\n", b"GET\r\n\r\n",
                     b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 100 + b"GET\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 200000 + b"\r\n\r\n"):
            with contextlib.suppress(ConnectionError, TimeoutError):
                answer = self.server.raw(data, timeout=1)
                self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0], data[:40])
        self.assertEqual(self.server.request("GET", "/healthz").status, 200)

    def test_offers(self):
        session = self.create()
        vp8 = OFFER.format(types="96", maps="a=rtpmap:96 VP8/90000\r\n")
        audio = OFFER.format(types="0", maps="").replace("m=video", "m=audio")
        for offer in ("", "hello", "v=0", "v=0\r\n" * 1000, OFFER.format(types="", maps=""), vp8, audio, "\x00" * 100):
            answer = self.server.request("POST", session["whep_url"], offer, key=session["token"],
                                         headers={"Content-Type": "application/sdp"})
            self.refused(answer, 400, "bad_request", offer[:60])
        self.refused(self.server.request("POST", session["whep_url"], {"sdp": "v=0"}, key=session["token"]), 415,
                     "unsupported_media_type")
        self.assertEqual(self.server.metric('vitascope_viewers{transport="webrtc"}'), 0)
        for method in ("PATCH", "DELETE"):
            answer = self.server.request(method, session["whep_url"] + "/p_none", key=session["token"])
            self.refused(answer, 404, "not_found", method)

    def test_a_flood_of_requests_is_slowed_down(self):
        statuses = [self.server.request("GET", "/healthz").status for _ in range(400)]
        self.assertIn(429, statuses)
        self.assertIn(200, statuses)
        time.sleep(1.5)
        self.assertEqual(self.server.request("GET", "/healthz").status, 200)


class Connections(client.ServerTest):
    words = ("--max-connections", "40")

    def test_slow_requests_are_cut_off(self):
        begun = time.monotonic()
        slow = [socket.create_connection(("127.0.0.1", self.server.port), timeout=30) for _ in range(3)]
        slow[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        slow[1].sendall(f"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.KEY}\r\n"
                        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode())
        for connection in slow:  # the last one says nothing at all
            received = b""
            with contextlib.suppress(ConnectionError):
                while chunk := connection.recv(4096):
                    received += chunk
            self.assertNotIn(b" 200 ", received)
            connection.close()
        self.assertLess(time.monotonic() - begun, 25)
        self.assertGreaterEqual(self.server.metric('vitascope_rejected_total{reason="timeout"}'), 3)

    def test_more_connections_than_may_be(self):
        held = []
        for _ in range(60):
            with contextlib.suppress(ConnectionError):
                held.append(socket.create_connection(("127.0.0.1", self.server.port), timeout=5))
        time.sleep(0.3)
        for connection in held:
            connection.close()
        time.sleep(0.3)
        self.assertGreater(self.server.metric('vitascope_rejected_total{reason="connection_limit"}'), 0)
        self.assertLess(self.server.metric("vitascope_connections"), 5, "closed ones are forgotten")


class Sockets(client.ServerTest):
    def test_who_may_open_one(self):
        session, other = self.create(), self.create()
        for url in (session["control_url"], session["video_url"]):
            for token, status in (("", 401), ("wrong", 401), (other["token"], 403)):
                with self.server.websocket(url, token) as refused:
                    self.assertEqual(refused.status, status, url)
            with self.server.websocket(url, "", protocols="bearer." + session["token"]) as refused:
                self.assertEqual(refused.status, 400, "the protocol was not offered")
            answer = self.server.request("GET", url, key=session["token"])
            self.assertEqual([answer.status, answer.code], [400, "bad_request"])
        with self.server.websocket("/v1/sessions/s_none/control", client.KEY) as refused:
            self.assertEqual(refused.status, 404)

    def test_messages_that_are_none(self):
        control = self.control(self.create())
        for text in ("", "{", "[]", "null", "{}", '{"v":1}', '{"v":2,"type":"ping","t":1}', '{"v":1,"type":"fly"}',
                     '{"v":1,"type":"move","forward":2}', '{"v":1,"type":"move","forward":"1"}',
                     '{"v":1,"type":"move","sideways":1}', '{"v":1,"type":"prompt"}',
                     '{"v":1,"type":"ping","t":1e999}', '{"v":1,"type":"ping","t":1,"t":2}',
                     '{"v":1,"type":"look","yaw":NaN}', '{"v":1,"type":"ping","t":1,"id":7}',
                     '{"v":1,"type":"reset","seed":-1}', "[" * 5000, '{"v":1,"type":"prompt","text":"' + "a" * 3000 + '"}'):
            control.send(client.TEXT, text.encode())
            error = control.hear("error", "receipt", "pong")
            self.assertEqual([error["type"], error.get("code")], ["error", "bad_message"], text[:60])
        control.send(client.TEXT, b'{"v":1,"type":"fly","id":"mine"}')
        self.assertEqual(control.hear("error")["id"], "mine")
        control.send(client.TEXT, b'{"v":1,"type":"ping","t":1,"pad":"' + b"x" * 20000 + b'"}')
        self.assertEqual(control.hear("error")["code"], "bad_message")
        control.say("ping", t=3)
        self.assertEqual(control.hear("pong")["t"], 3)

    def test_frames_that_are_none(self):
        session = self.create()
        for opcode, payload, code in ((client.BINARY, b"x", 1003), (3, b"x", 1002), (0, b"x", 1002),
                                      (client.TEXT, b"\xff", 1007), (client.TEXT, b"x" * 100000, 1009)):
            control = self.control(session)
            control.send(opcode, payload)
            self.assertEqual(control.close_code(), code, (opcode, payload[:10]))
        control = self.control(session)
        control.masked = False
        control.send(client.TEXT, b"{}")
        self.assertEqual(control.close_code(), 1002)
        video = self.video(session)
        video.send(client.TEXT, b"{}")
        self.assertEqual(video.close_code(), 1003)
        self.control(session).hear("hello")

    def test_a_flood_of_controls(self):
        session = self.create()
        control, other = self.control(session), self.control(session)
        for number in range(1000):
            control.say("move", forward=(number % 3) - 1, id=str(number))
        self.assertEqual(control.hear("error")["code"], "too_many")
        other.say("ping", t=1)
        other.hear("pong")
        self.assertGreater(self.server.metric('vitascope_rejected_total{reason="control_rate"}'), 500)
        time.sleep(1.5)
        control.say("ping", t=9)
        self.assertEqual(control.hear("pong")["t"], 9)

    def test_a_client_that_does_not_read(self):
        session = self.create()
        deaf, other = self.control(session), self.control(session)
        for _ in range(20):
            for _ in range(100):
                deaf.say("ping", t=1e300)
            time.sleep(0.02)
        other.say("ping", t=1)
        other.hear("pong")

    def test_half_open_sockets(self):
        session = self.create()
        for _ in range(10):
            control = self.control(session)
            control.connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while control.connection.recv(65536):
                    pass
        deadline = time.monotonic() + 10
        url = "/v1/sessions/" + session["id"]
        while self.server.request("GET", url).json["controllers"] > 0 and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.server.request("GET", url).json["controllers"], 0)


if __name__ == "__main__":
    client.main()
