import Glibc
import JSONText

/// Where answers go. An answer that cannot be written is trouble: a full disk must not look like "good".
enum StandardOutput {
    static func print(_ text: String) throws(Trouble) { try write(Array(text.utf8) + [UInt8(ascii: "\n")]) }

    /// In one line.
    static func print(_ value: JSONValue) throws(Trouble) {
        try value.write { piece throws(Trouble) in try write(piece) }
        try write([UInt8(ascii: "\n")])
    }

    static func write(_ bytes: [UInt8]) throws(Trouble) {
        if let problem = FileAccess.write(bytes, to: STDOUT_FILENO) {
            throw Trouble("cannot write the answer: \(problem.message)")
        }
    }
}

/// Where talk goes. Nobody is told if it fails: there is nobody left to tell.
enum StandardError {
    static func print(_ text: String) {
        write(Array(text.utf8) + [UInt8(ascii: "\n")])
    }

    static func write(_ bytes: [UInt8]) { _ = FileAccess.write(bytes, to: STDERR_FILENO) }
}

/// The lines of standard input, or of another file that is open, as they come.
struct StandardInput {
    enum Line {
        /// Without its LF or CRLF.
        case text([UInt8])
        /// Longer than `longestLine`; its bytes were dropped.
        case tooLong
    }

    /// A request with a list file's worth of certificates fits; a stream without line ends does not fill the memory.
    static let longestLine = 1 << 20

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var isSkipping = false

    init(_ descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

    /// Nil at the end. `beforeWaiting` runs when everything that has come was handed out: the moment to show
    /// answers to whoever waits for them before asking on.
    mutating func next(beforeWaiting: () throws(Trouble) -> Void) throws(Trouble) -> Line? {
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[start..<end]
                start = end + 1
                if isSkipping {
                    isSkipping = false
                    return .tooLong
                }
                return line.count > Self.longestLine ? .tooLong : .text(Self.withoutReturn(line))
            }
            if isAtEnd { return last() }
            buffer.removeSubrange(..<start)
            start = 0
            if buffer.count > Self.longestLine {
                isSkipping = true
                buffer = []
            }
            try beforeWaiting()
            try readMore()
        }
    }

    private mutating func last() -> Line? {
        let rest = buffer[start...]
        start = buffer.count
        if isSkipping {
            isSkipping = false
            return .tooLong
        }
        return rest.isEmpty ? nil : .text(Self.withoutReturn(rest))
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> [UInt8] {
        Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    private mutating func readMore() throws(Trouble) {
        switch FileAccess.readChunk(of: descriptor) {
        case .success(let bytes):
            isAtEnd = bytes.isEmpty
            buffer += bytes
        case .failure(let problem):
            let name = descriptor == STDIN_FILENO ? "standard input" : "on"
            throw Trouble("cannot read \(name): \(problem.message)")
        }
    }
}
