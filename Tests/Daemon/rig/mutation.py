"""A file as it looks after an accident: slips of an editor, bytes that are no text, a copy that was cut short."""

BYTES = b'\0\t\r\n "#*-./0:<>@[]{}a\x7f\xc3\xff'
UNTOUCHED = (b"server", b"address", b"state")
"""Lines with these words lose or double whole words alone: no slip may lead away from this machine."""


def mutated(data, random):
    """`data` after one to three accidents."""
    for _ in range(random.randint(1, 3)):
        data = random.choice(ACCIDENTS)(data, random)
    return data


def _in_a_line(change):
    """An accident within one line that is not empty."""

    def accident(data, random):
        lines = data.split(b"\n")
        written = [number for number, line in enumerate(lines) if line.strip()]
        if written:
            number = random.choice(written)
            lines[number] = change(lines[number], random)
        return b"\n".join(lines)

    return accident


def _in_the_letters(change):
    """An accident at one place of a line that may be touched."""

    def within(line, random):
        if line.split()[0] in UNTOUCHED:
            return line
        at = random.randrange(len(line))
        return line[:at] + change(line[at : at + 1], random) + line[at + 1 :]

    return _in_a_line(within)


def _in_the_words(change):
    def within(line, random):
        words = line.split(b" ")
        at = random.choice([number for number, word in enumerate(words) if word])
        words[at : at + 1] = change(words[at], random)
        return b" ".join(words)

    return _in_a_line(within)


def _swap_lines(data, random):
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


ACCIDENTS = (
    _in_a_line(lambda line, random: b""),
    _in_a_line(lambda line, random: line + b"\n" + line),
    _in_the_words(lambda word, random: []),
    _in_the_words(lambda word, random: [word, word]),
    _in_the_letters(lambda letter, random: b""),
    _in_the_letters(lambda letter, random: bytes([random.choice(BYTES)])),
    _in_the_letters(lambda letter, random: letter + bytes([random.choice(BYTES)])),
    _swap_lines,
    lambda data, random: data[: random.randrange(len(data) + 1)],
)
