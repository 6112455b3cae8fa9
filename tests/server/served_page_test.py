"""The program finds its page by itself, and every file that the page names is there.

    served_page_test.py PROGRAM MODEL_DIR [unittest arguments]
"""
import re
import urllib.parse

import client

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".html": "text/html"}
NAMED = (r'(?:src|href)="([^"#:]+?)(?:#[^"]*)?"', r"""(?:import|from)\s*["'](\.[^"']+)["']""", r'url\("?([^")#:]+)"?\)')


class ServedPage(client.ServerTest):
    key = None

    def follow(self, start):
        """Fetches a file and all that it names; their paths."""
        seen, waiting = set(), [start]
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            answer = self.server.request("GET", path)
            self.assertEqual(answer.status, 200, path)
            suffix = re.search(r"\.\w+$", path)
            kind = TYPES[suffix.group() if suffix else ".html"]
            self.assertIn(kind, answer.headers["Content-Type"], path)
            if kind.startswith("text/"):
                text = answer.body.decode()
                names = [name for pattern in NAMED for name in re.findall(pattern, text)]
                waiting += [urllib.parse.urljoin(path, name) for name in names if name != "/"]
        return seen

    def test_the_page_and_all_that_it_names(self):
        seen = self.follow("/")
        self.assertGreater(sum(path.endswith(".js") for path in seen), 10, seen)
        self.assertTrue(any(path.endswith(".css") for path in seen), seen)

    def test_the_player_and_all_that_it_names(self):
        self.assertTrue(any(path.endswith(".js") for path in self.follow("/player")))


if __name__ == "__main__":
    client.main()
