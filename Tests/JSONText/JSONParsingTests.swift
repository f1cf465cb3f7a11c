import JSONText
import Testing

@Suite("reading JSON")
struct JSONParsingTests {
    @Test(
        "what is JSON is read as it means",
        arguments: [
            ("null", .null), (" true\n", .bool(true)), ("false", .bool(false)),
            ("0", .number(0.0)), ("-0", .number(0.0)), ("12", .number(12)), ("-1.5e2", .number(-150)),
            ("1E+2", .number(100)), ("0.1", .number(0.1)), ("9007199254740993", .number(9007199254740992.0)),
            (#""""#, .string("")), (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
            (#""\u00e9\u20AC""#, .string("é€")), (#""\ud83d\ude00""#, .string("😀")), (#""\u0000""#, .string("\0")),
            ("\"gr\u{fc}\u{df} 😀\"", .string("grüß 😀")), ("\"\u{7f}\"", .string("\u{7f}")),
            ("[]", .array([])), ("[ 1 , [ ] ]", .array([.number(1), .array([])])),
            ("{}", .object([])),
            (#"{"b":1,"a":{"b":2}}"#, .object([.init("b", .number(1)), .init("a", .object([.init("b", .number(2))]))])),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    @Test(
        "what is not JSON is refused, and said where",
        arguments: [
            ("", 0), ("  ", 2), ("nul", 0), ("nulll", 4), ("True", 0), ("'a'", 0), ("NaN", 0), ("+1", 0),
            ("01", 1), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("-", 1), ("--1", 1), ("1e999", 0), ("0x10", 1),
            ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("]", 0), ("[1 2]", 3),
            ("{", 1), ("{a:1}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1"#, 6), (#"{"a":1,}"#, 7),
            (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{1:2}"#, 1),
            (#"""#, 1), (#""\"#, 2), (#""\x""#, 2), (#""\u12"#, 5), (#""\u12g4""#, 5),
            (#""\ud800""#, 7), (#""\ud800x""#, 7), (#""\ud800\n""#, 8), (#""\ud800\u0041""#, 13), (#""\udc00""#, 7),
            ("\"a\nb\"", 2), ("\"a\tb\"", 2), ("1 // one", 2), ("1 2", 2), ("{} {}", 3), ("\u{feff}1", 0),
        ])
    func refuses(text: String, offset: Int) {
        let problem = #expect(throws: JSONProblem.self, "\(text)") { try JSONValue(parsing: Array(text.utf8)) }
        #expect(problem?.offset == offset, "\(text): \(problem?.description ?? "")")
    }

    @Test(
        "bytes that are not UTF-8 are refused wherever they stand",
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xe2, 0x82, 0x22],
            [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22], [0xff], [0x31, 0x80],
        ] as [[UInt8]])
    func refusesOtherEncodings(bytes: [UInt8]) {
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: bytes) }
    }

    @Test("64 levels are read, 65 are refused, and a million do no harm")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(String(repeating: "[", count: depth).utf8) + Array(String(repeating: "]", count: depth).utf8)
        }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: nested(1_000_000)) }
        let objects = Array(String(repeating: #"{"a":"#, count: 1000).utf8)
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: objects) }
    }

    @Test("no prefix, and no text with one byte changed, traps")
    func damage() {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é",null,true,false,{}],"b":{"c":[]}} "#.utf8)
        for length in 0..<text.count { _ = try? JSONValue(parsing: Array(text.prefix(length))) }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[index] = byte
                _ = try? JSONValue(parsing: damaged)
            }
        }
    }

    @Test("a member is found by its name")
    func members() throws {
        let value = try JSONValue(parsing: Array(#"{"a":1,"b":null}"#.utf8))
        #expect(value["a"] == .number(1))
        #expect(value["b"] == .null)
        #expect(value["c"] == nil)
        #expect(JSONValue.array([])["a"] == nil)
    }
}
