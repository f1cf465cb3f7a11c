import JSONText
import TestSupport
import Testing

@Suite("printing JSON")
struct JSONPrintingTests {
    @Test(
        "a value prints in one line",
        arguments: [
            (.null, "null"), (.bool(true), "true"), (.number(3), "3"), (.number(-3.0), "-3"), (.number(0.5), "0.5"),
            (.number(1e15), "1000000000000000"), (.number(9007199254740992.0), "9007199254740992"),
            (.number(1e300), "1e+300"), (.number(-0x1p63), "-9.223372036854776e+18"),
            (.number(.infinity), "null"), (.number(.nan), "null"),
            (.string("a\"b\\c\n\u{1}"), #""a\"b\\c\n\u0001""#), (.string("é😀"), #""é😀""#),
            (.string("\u{1b}[31m\u{7f}\u{9b}2J"), #""\u001b[31m\u007f\u009b2J""#),
            (.array([.number(1), .string("")]), #"[1,""]"#),
            (.object([.init("b", .null), .init("a", .array([]))]), #"{"b":null,"a":[]}"#),
        ] as [(JSONValue, String)])
    func prints(value: JSONValue, text: String) { #expect(value.text == text) }

    @Test("in pieces it is the same text", arguments: [1, 2, 7, 1000])
    func pieces(size: Int) {
        let value = JSONValue.object([
            .init("a", .array([.number(1), .object([.init("b\n", .null)]), .array([])])), .init("c", .string("é\u{1b}")),
            .init("d", .array((0..<200).map { .number($0) })),
        ])
        var (text, count) = ([UInt8](), 0)
        value.write(inPiecesOf: size) { piece in
            text += piece
            count += 1
        }
        #expect(String(decoding: text, as: UTF8.self) == value.text)
        #expect((count == 1) == (size > text.count))
    }

    @Test("for people it is indented by two")
    func pretty() {
        let value = JSONValue.object([
            .init("a", .array([.number(1), .object([.init("b", .null)])])), .init("c", .array([])),
            .init("d", .object([])),
        ])
        #expect(value.prettyText == """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": [],
              "d": {}
            }
            """)
    }

    @Test("what was printed is read as the same value", arguments: 1...200 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var values = RandomValues(seed: seed)
        let value = values.next(depth: 4)
        #expect(try JSONValue(parsing: Array(value.text.utf8)) == value, "seed \(seed)")
        #expect(try JSONValue(parsing: Array(value.prettyText.utf8)) == value, "seed \(seed)")
    }
}

/// JSON values of every kind, the same ones for the same seed.
private struct RandomValues {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func next(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(Int.random(in: -1_000_000...1_000_000, using: &random))
        case 3:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : 0.25)
        case 4: return .string(string())
        case 5:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in next(depth: depth - 1) })
        default:
            return .object(
                (0..<Int.random(in: 0...4, using: &random)).map { .init("\($0)" + string(), next(depth: depth - 1)) })
        }
    }

    private mutating func string() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let highest: UInt32 = [0x7f, 0xff, 0xffff, 0x10ffff].randomElement(using: &random) ?? 0x7f
            text.append(Unicode.Scalar(UInt32.random(in: 0...highest, using: &random)) ?? "x")
        }
        return String(text)
    }
}
