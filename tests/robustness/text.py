"""A text as LSP counts in it: lines that end in LF, CRLF or CR, columns in units of an encoding."""

import bisect
import re

WIDTH = {
    "utf-8": lambda char: len(char.encode("utf-8", "surrogatepass")),
    "utf-16": lambda char: 2 if ord(char) > 0xFFFF else 1,
    "utf-32": lambda _: 1,
}


class Text:
    def __init__(self, content, units="utf-16"):
        self.content, self.width = content, WIDTH[units]
        self.starts = [0] + [match.end() for match in re.finditer(r"\r\n|\n|\r", content)]

    def line(self, number):
        """A line without its end."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.content)
        return self.content[self.starts[number] : end].rstrip("\r\n") if end > self.starts[number] else ""

    def units(self, part):
        return len(part) if part.isascii() else sum(map(self.width, part))

    def position(self, offset):
        """Of an offset in characters. Inside of a line's end it is the end of the line."""
        number = bisect.bisect_right(self.starts, offset) - 1
        line = self.line(number)
        return {"line": number, "character": self.units(line[: offset - self.starts[number]])}

    def offset(self, place):
        """Of a position, in characters. Beyond a line's end it is the line's end, beyond the text the text's."""
        if place["line"] >= len(self.starts):
            return len(self.content)
        seen = 0
        line = self.line(place["line"])
        for number, char in enumerate(line):
            if seen >= place["character"]:
                return self.starts[place["line"]] + number
            seen += self.width(char)
        return self.starts[place["line"]] + len(line)

    def has(self, span):
        """Both ends of a range are places in the text, and in order."""
        ends = [(span[end]["line"], span[end]["character"]) for end in ("start", "end")]
        return ends[0] <= ends[1] and all(self.is_place(*end) for end in ends)

    def is_place(self, line, character):
        if line >= len(self.starts):
            return False
        content = self.line(line)
        if content.isascii():
            return character <= len(content)
        seen = 0
        for char in content:
            if seen >= character:
                break
            seen += self.width(char)
        return seen == character
