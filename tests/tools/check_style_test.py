"""check_style.py must see what it is for."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_style  # noqa: E402


def cpp_function(lines: int) -> str:
    return "namespace a {\nstruct B {\n  int f(int x) const {\n" + "    x++;\n" * (lines - 2) + "  }\n};\n}\n"


class CheckStyle(unittest.TestCase):
    def assert_fault(self, name: str, text: str, expected: str) -> None:
        faults = check_style.check_text(name, text)
        self.assertTrue(any(expected in fault for fault in faults), faults)

    def assert_clean(self, name: str, text: str) -> None:
        self.assertEqual(check_style.check_text(name, text), [])

    def test_long_files(self):
        self.assert_clean("a.h", "int a;\n" * 200)
        self.assert_fault("a.h", "int a;\n" * 201, "201 lines")
        self.assert_clean("a.cc", "int a;\n" * 500)
        self.assert_fault("a.py", "a = 1\n" * 501, "501 lines")

    def test_long_functions(self):
        self.assert_clean("a.cc", cpp_function(60))
        self.assert_fault("a.cc", cpp_function(61), "function of 61 lines")
        self.assert_fault("a.py", "def f():\n" + "    a = 1\n" * 60, "function of 61 lines")

    def test_what_is_no_function(self):
        self.assert_clean("a.cc", "constexpr int kTable[] = {\n" + "  1,\n" * 100 + "};\n")
        self.assert_clean("a.cc", "class A : public B {\n" + "  void f(); // {\n" * 100 + "};\n")
        self.assert_clean("a.cc", 'auto text = R"(void f() {\n' + "\n" * 100 + ')";\n')

    def test_constructors_with_braced_members(self):
        text = "A::A(int x)\n    : a_{x}, b_{2} {\n" + "  x++;\n" * 70 + "}\n"
        self.assert_fault("a.cc", text, "function of")

    def test_notes_and_paths(self):
        self.assert_fault("a.cc", "// TO" + "DO: later\n", "expected finished work")
        self.assert_fault("a.md", "See /wo" + "rk/main/x.\n", "path of one machine")
        self.assert_clean("a.md", "POST /v1/work/items, build/tmp, https://example.org/home/x\n")


if __name__ == "__main__":
    unittest.main()
