"""The calls of docs/live.md, one after the other.

    api_test.py PROGRAM MODEL_DIR [unittest arguments]
"""
import http.client
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

import client


class Calls(client.ServerTest):
    def test_health(self):
        self.assertEqual(self.server.request("GET", "/healthz", key=None).json, {"status": "ok"})
        self.assertEqual(self.server.request("GET", "/readyz", key=None).json, {"status": "ok"})

    def test_info(self):
        info = self.server.request("GET", "/v1/info").json
        self.assertEqual(info["weights"], "fake")
        self.assertEqual(info["limits"]["sessions"], 2)

    def test_understand(self):
        answer = self.server.request("POST", "/v1/understand", {"prompt": "snow dragon"}).json
        self.assertEqual([item["value"] for item in answer["understood"]], ["snow"])
        self.assertEqual(answer["ignored"], ["dragon"])

    def test_a_session_is_described(self):
        session = self.create(prompt="snow dragon", fps=12)
        self.assertEqual([session["width"], session["height"], session["fps"], session["seed"]], [320, 192, 12, 7])
        self.assertEqual(session["role"], "steer")
        self.assertRegex(session["codec"], r"^avc1\.42c0[0-9a-f]{2}$")
        self.assertEqual(session["ignored"], ["dragon"])
        self.assertGreater(session["expires_at"], time.time())
        state = self.server.request("GET", "/v1/sessions/" + session["id"], key=session["token"]).json
        self.assertEqual(state["state"], "running")
        self.assertNotIn("token", state)
        self.assertEqual(set(state["stages_ms"]), {"advance", "projector", "painter", "encode"})
        listed = self.server.request("GET", "/v1/sessions").json["sessions"]
        self.assertEqual([s["id"] for s in listed], [session["id"]])

    def test_deleting_ends_it_and_its_tokens(self):
        session = self.create()
        url = "/v1/sessions/" + session["id"]
        self.assertEqual(self.server.request("DELETE", url, key=session["token"]).status, 204)
        self.assertEqual(self.server.request("GET", url).status, 404)
        self.delete(session["id"])
        self.assertEqual(self.server.request("GET", url, key=session["token"]).status, 401)

    def test_prompts_that_make_no_world(self):
        for prompt in ("xqzt", "forbidden snow"):
            answer = self.server.request("POST", "/v1/sessions", {**client.SMALL, "prompt": prompt})
            self.assertEqual([answer.status, answer.code], [400, "bad_request"], answer.body)
        self.assertEqual(self.server.request("GET", "/v1/sessions").json["sessions"], [])

    def test_more_sessions_than_may_run(self):
        self.create()
        self.create()
        answer = self.server.request("POST", "/v1/sessions", client.SMALL)
        self.assertEqual([answer.status, answer.code], [503, "busy"])
        self.assertGreater(int(answer.headers["Retry-After"]), 0)

    def test_tokens(self):
        session = self.create()
        url = "/v1/sessions/" + session["id"]
        renewed = self.server.request("POST", url + "/token", key=session["token"]).json
        self.assertEqual(renewed["role"], "steer")
        self.assertNotEqual(renewed["token"], session["token"])
        viewer = self.server.request("POST", url + "/viewers", key=renewed["token"])
        self.assertEqual(viewer.status, 201)
        watch = viewer.json["token"]
        self.assertEqual(viewer.json["role"], "watch")
        self.assertIn(watch, viewer.json["watch_url"])
        again = self.server.request("POST", url + "/token", key=watch).json
        self.assertEqual(again["role"], "watch")
        for method, path in (("DELETE", ""), ("POST", "/viewers"), ("POST", "/recording"), ("GET", "/recording")):
            answer = self.server.request(method, url + path, key=watch)
            self.assertEqual([answer.status, answer.code], [403, "forbidden"], path)
        self.assertEqual(self.server.request("GET", url, key=watch).status, 200)

    def test_metrics_can_be_parsed(self):
        session = self.create()
        self.video(session).picture()
        text = self.server.request("GET", "/metrics").body.decode()
        types = dict(re.findall(r"^# TYPE (\S+) (counter|gauge|histogram)$", text, re.MULTILINE))
        self.assertGreater(len(types), 15)
        sample = re.compile(r'([a-z_]+)(\{[a-z]+="[^"]*"(,le="[^"]+")?\}|\{le="[^"]+"\})? (-?[0-9.e+-]+)')
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            found = sample.fullmatch(line)
            self.assertTrue(found, line)
            self.assertIn(re.sub("_(bucket|sum|count)$", "", found.group(1)), [*types, found.group(1)], line)
        self.assertEqual(self.server.metric("vitascope_sessions"), 1)
        self.assertEqual(self.server.metric('vitascope_viewers{transport="websocket"}'), 1)
        self.assertGreater(self.server.metric("vitascope_frames_total"), 0)
        self.assertGreater(self.server.metric("vitascope_first_frame_seconds_count"), 0)
        self.control(session).hear("stats")
        self.assertGreater(self.server.metric('vitascope_stage_seconds_count{stage="painter"}'), 0)
        for part in ("making", "encoding"):
            self.assertGreater(self.server.metric(f'vitascope_frame_seconds_count{{part="{part}"}}'), 0)
        self.assertGreater(self.server.metric("vitascope_bitrate_kbps"), 0)
        self.assertGreater(self.server.metric("process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(self.server.metric("process_open_fds"), 3)


class Page(client.ServerTest):
    """On this machine without a key: the page is told a key of its own."""
    key = None

    @classmethod
    def setUpClass(cls):
        cls.web = tempfile.TemporaryDirectory(prefix="vita-web-")
        for name, text in (("index.html", "<h1>page</h1>"), ("player.html", "<p>player</p>"), ("main.js", "1;"),
                           (".secret.js", "no"), ("notes.md", "no")):
            with open(f"{cls.web.name}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        cls.words = ("--web", cls.web.name)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.web.cleanup()

    def test_files(self):
        for path, kind, text in (("/", "text/html", "page"), ("/player", "text/html", "player"),
                                 ("/main.js", "text/javascript", "1;")):
            answer = self.server.request("GET", path)
            self.assertEqual(answer.status, 200, path)
            self.assertIn(kind, answer.headers["Content-Type"])
            self.assertIn(text, answer.body.decode())
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("default-src 'self'", answer.headers["Content-Security-Policy"])
            again = self.server.request("GET", path, headers={"If-None-Match": answer.headers["ETag"]})
            self.assertEqual([again.status, again.body], [304, b""])
        self.assertEqual(self.server.request("HEAD", "/").status, 200)

    def test_nothing_else_is_served(self):
        for path in ("/.secret.js", "/notes.md", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2fmain.js",
                     "/main.js/", "//main.js", "/main.js%00.html", "/none.js"):
            self.assertIn(self.server.request("GET", path).status, (400, 404), path)
        linked = f"{self.web.name}/link.js"
        os.symlink("/etc/hostname", linked)
        self.assertEqual(self.server.request("GET", "/link.js").status, 404)

    def test_the_page_key_opens_the_calls(self):
        key = self.server.request("GET", "/v1/page-key").json["key"]
        self.assertEqual(self.server.request("GET", "/v1/info", key=key).status, 200)
        self.assertEqual(self.server.request("GET", "/v1/info").status, 401)

    def test_pages_of_elsewhere_do_not_get_it(self):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                        {"Origin": "http://evil.example"}, {"Origin": "null"}):
            answer = self.server.request("GET", "/v1/page-key", headers=headers)
            self.assertEqual([answer.status, answer.code], [403, "forbidden"], headers)
            self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
        own = f"http://127.0.0.1:{self.server.port}"
        answer = self.server.request("GET", "/v1/page-key", headers={"Origin": own, "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer.status, 200)

    def test_names_that_are_made_to_lead_here(self):
        for host in ("evil.example", "evil.example:8080", "localhost.evil.example", "10.0.0.1"):
            for path in ("/", "/v1/page-key", "/healthz"):
                answer = self.server.request("GET", path, headers={"Host": host})
                self.assertEqual([answer.status, answer.code], [403, "forbidden"], host + path)
        for host in ("localhost", "localhost:1", "127.0.0.1", "[::1]:8080"):
            self.assertEqual(self.server.request("GET", "/v1/page-key", headers={"Host": host}).status, 200, host)


class Configured(client.ServerTest):
    words = ("--cors-origin", "https://example.org")

    def test_no_page_key(self):
        self.assertEqual(self.server.request("GET", "/v1/page-key").status, 404)

    def test_one_origin_may_call(self):
        asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
        answer = self.server.request("OPTIONS", "/v1/sessions", key=None, headers=asked)
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "https://example.org")
        answer = self.server.request("GET", "/v1/info", headers={"Origin": "https://example.org"})
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "https://example.org")
        for origin in ("https://evil.example", "http://example.org", "null"):
            answer = self.server.request("OPTIONS", "/v1/sessions", key=None, headers={"Origin": origin})
            self.assertEqual(answer.status, 405)
            self.assertNotIn("Access-Control-Allow-Origin", answer.headers)


class Expiry(client.ServerTest):
    words = ("--token-lifetime", "1")

    def test_an_expired_token_is_none(self):
        session = self.create()
        url = "/v1/sessions/" + session["id"]
        control = self.control(session)
        deadline = time.monotonic() + 10
        while self.server.request("GET", url, key=session["token"]).status == 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        answer = self.server.request("GET", url, key=session["token"])
        self.assertEqual([answer.status, answer.code], [401, "unauthorized"])
        self.assertEqual(self.server.request("POST", url + "/token", key=session["token"]).status, 401)
        with self.server.websocket(session["control_url"], session["token"]) as refused:
            self.assertEqual(refused.status, 401)
        control.say("ping", t=1)  # what is open outlives it
        control.hear("pong")


class Encrypted(unittest.TestCase):
    def test_https_and_secure_websockets(self):
        with tempfile.TemporaryDirectory(prefix="vita-tls-") as folder:
            cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
                           check=True, capture_output=True)
            server = client.Server(client.ServerTest.program, client.ServerTest.model, folder,
                                   "--tls-cert", cert, "--tls-key", key, trusted=cert)
            self.addCleanup(server.stop)
            session = server.request("POST", "/v1/sessions", client.SMALL).json
            with server.websocket(session["video_url"], session["token"]) as video:
                self.assertTrue(video.picture()[0])
            with self.assertRaises((OSError, http.client.HTTPException)):
                plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
                plain.request("GET", "/healthz")
                plain.getresponse()


class Start(unittest.TestCase):
    def start(self, *words, **options):
        with tempfile.TemporaryDirectory(prefix="vita-start-") as folder:
            try:
                server = client.Server(client.ServerTest.program, client.ServerTest.model, folder, *words, **options)
            except RuntimeError as error:
                return str(error)
            self.addCleanup(server.stop)
            return server

    def test_refusals(self):
        for words, expected in ((("--host", "0.0.0.0"), "API key"), (("--port", "70000"), "--port"),
                                (("--tls-cert", "a.pem"), "--tls-key"), (("--host", "nowhere.example"), "--host"),
                                (("--tls-cert", "a.pem", "--tls-key", "b.pem"), "a.pem"),
                                (("--data", "/proc/none"), "--data"), (("--model", "/nowhere"), "/nowhere")):
            with self.subTest(words=words):
                self.assertIn(expected, self.start(*words, key=None))
        server = self.start()
        self.assertIn("cannot listen", self.start("--port", str(server.port)))

    def test_either_signal_ends_it_well(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            code, seconds = self.start().stop(number)
            self.assertEqual(code, 0)
            self.assertLess(seconds, 10)


if __name__ == "__main__":
    client.main()
