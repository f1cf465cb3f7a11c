import FuzzSupport
import JSONText

/// JSON: what is read and printed, in one line or for people, is read as the same value; what is printed holds no byte
/// that a terminal would obey.
///
/// Input: a JSON text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let value: JSONValue
    do throws(JSONProblem) { value = try JSONValue(parsing: bytes) } catch {
        require((0...bytes.count).contains(error.offset), "\(error) is a place in the text")
        return 0
    }
    for text in [value.text, value.prettyText] {
        require((try? JSONValue(parsing: Array(text.utf8))) == value, "\(text) is read as itself")
        require(text.unicodeScalars.allSatisfy { $0 == "\n" || !isControl($0) }, "\(text) has no controls")
    }
    require(!value.text.utf8.contains(0x0a), "\(value.text) is one line")
    require((try? JSONValue(parsing: Array(value.text.utf8)))?.text == value.text, "\(value.text) is printed as itself")
    return 0
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
}
