"""POST /v1/videos and what follows.

    videos_test.py PROGRAM MODEL_DIR [unittest arguments]
"""
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import client

VIDEO = {"prompt": "snow desert", "seconds": "0.5", "size": "320x192"}


def wait_for(server, video, *statuses):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = server.request("GET", "/v1/videos/" + video).json
        if job["status"] in statuses:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{video} is {job}, expected one of {statuses}")


class Videos(client.ServerTest):
    def test_a_video_is_made(self):
        job = self.server.request("POST", "/v1/videos", VIDEO)
        self.assertEqual(job.status, 200)
        job = job.json
        self.assertEqual([job["object"], job["status"], job["progress"], job["seconds"], job["size"], job["model"]],
                         ["video", "queued", 0, "0.5", "320x192", "world"])
        done = wait_for(self.server, job["id"], "completed", "failed")
        self.assertEqual([done["status"], done["progress"]], ["completed", 100])
        content = self.server.request("GET", f"/v1/videos/{job['id']}/content")
        self.assertEqual([content.status, content.headers["Content-Type"]], [200, "video/mp4"])
        with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
            file.write(content.body)
            file.flush()
            frames = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-of", "csv=p=0", "-show_entries",
                                     "stream=nb_read_frames", file.name], capture_output=True, text=True, check=True)
        self.assertEqual(frames.stdout.strip(), "12")
        deleted = self.server.request("DELETE", "/v1/videos/" + job["id"]).json
        self.assertEqual(deleted, {"id": job["id"], "object": "video.deleted", "deleted": True})
        self.assertEqual(self.server.request("GET", "/v1/videos/" + job["id"]).status, 404)
        self.assertEqual(self.server.request("GET", f"/v1/videos/{job['id']}/content").status, 404)
        self.assertEqual(list((self.folder / "videos").iterdir()), [])

    def test_one_that_cannot_be_made(self):
        for prompt in ("xqzt", "forbidden snow"):
            job = self.server.request("POST", "/v1/videos", {**VIDEO, "prompt": prompt}).json
            failed = wait_for(self.server, job["id"], "completed", "failed")
            self.assertEqual(failed["status"], "failed")
            self.assertEqual(failed["error"]["code"], "bad_request")
            self.assertTrue(failed["error"]["message"])
            self.server.request("DELETE", "/v1/videos/" + job["id"])

    def test_the_list(self):
        made = [self.server.request("POST", "/v1/videos", VIDEO).json["id"] for _ in range(3)]
        listed = self.server.request("GET", "/v1/videos").json
        self.assertEqual([listed["object"], listed["has_more"]], ["list", False])
        self.assertEqual([job["id"] for job in listed["data"]], made[::-1])
        page = self.server.request("GET", "/v1/videos?limit=2&order=asc").json
        self.assertEqual([[job["id"] for job in page["data"]], page["has_more"]], [made[:2], True])
        page = self.server.request("GET", f"/v1/videos?limit=2&order=asc&after={made[1]}").json
        self.assertEqual([[job["id"] for job in page["data"]], page["has_more"]], [made[2:], False])
        for query in ("limit=0", "limit=101", "limit=x", "order=up"):
            self.assertEqual(self.server.request("GET", "/v1/videos?" + query).status, 400, query)
        for video in made:
            self.server.request("DELETE", "/v1/videos/" + video)
        self.assertEqual(self.server.request("GET", "/v1/videos").json["data"], [])

    def test_progress_and_a_deletion_while_it_runs(self):
        job = self.server.request("POST", "/v1/videos", {**VIDEO, "seconds": 60, "size": "1280x720"}).json["id"]
        deadline = time.monotonic() + 60
        while self.server.request("GET", "/v1/videos/" + job).json["progress"] == 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.assertEqual(self.server.request("GET", "/v1/videos/" + job).json["status"], "in_progress")
        self.assertEqual(self.server.request("GET", f"/v1/videos/{job}/content").status, 404)
        self.server.request("DELETE", "/v1/videos/" + job)
        after = self.server.request("POST", "/v1/videos", VIDEO).json["id"]
        wait_for(self.server, after, "completed")
        self.server.request("DELETE", "/v1/videos/" + after)
        self.assertEqual(list((self.folder / "videos").iterdir()), [])


class Restart(unittest.TestCase):
    def restart(self, number):
        with tempfile.TemporaryDirectory(prefix="vita-videos-") as folder:
            program = (client.ServerTest.program, client.ServerTest.model, folder)
            server = client.Server(*program)
            done = server.request("POST", "/v1/videos", VIDEO).json["id"]
            wait_for(server, done, "completed")
            long = server.request("POST", "/v1/videos", {**VIDEO, "seconds": 20}).json["id"]
            waiting = server.request("POST", "/v1/videos", VIDEO).json["id"]
            wait_for(server, long, "in_progress")
            code, _ = server.stop(number)
            self.assertEqual(code, 0 if number == signal.SIGTERM else -number)
            server = client.Server(*program)
            self.addCleanup(server.stop)
            self.assertEqual(server.request("GET", f"/v1/videos/{done}/content").status, 200)
            restarted = server.metric("vitascope_videos_restarted_total")
            self.assertEqual(restarted, 0 if number == signal.SIGTERM else 1, "draining queues it again itself")
            for video in (long, waiting):
                wait_for(server, video, "completed")
            server.stop()
            left = sorted(path.name for path in pathlib.Path(folder, "videos").iterdir())
            self.assertEqual(left, sorted(f"{video}.mp4" for video in (done, long, waiting)))

    def test_after_a_kill(self):
        self.restart(signal.SIGKILL)

    def test_after_draining(self):
        self.restart(signal.SIGTERM)

    def test_one_folder_is_of_one_server(self):
        with tempfile.TemporaryDirectory(prefix="vita-videos-") as folder:
            server = client.Server(client.ServerTest.program, client.ServerTest.model, folder)
            self.addCleanup(server.stop)
            with self.assertRaisesRegex(RuntimeError, "another server"):
                client.Server(client.ServerTest.program, client.ServerTest.model, folder)


if __name__ == "__main__":
    client.main()
