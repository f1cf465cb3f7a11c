/// Ends the program, so that libFuzzer keeps the input, unless what was claimed holds.
@inline(__always)
public func require(
    _ condition: @autoclosure () -> Bool, _ claim: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { fail(claim(), file: file, line: line) }
}

/// The value, which must be there.
public func required<Value>(
    _ value: Value?, _ claim: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Value {
    guard let value else { fail(claim(), file: file, line: line) }
    return value
}

/// The claim does not hold.
public func fail(_ claim: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    fatalError("does not hold: \(claim)", file: file, line: line)
}
