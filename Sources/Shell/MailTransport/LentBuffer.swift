import NIOCore

/// One receive buffer that all connections of an event loop borrow, so that an idle session holds none.
///
/// It is taken for a read and given back by the handler; where a slice of it still waits to be written, the next
/// read finds it shared and gets fresh storage. Only its event loop touches it.
final class ReceiveBuffer: @unchecked Sendable {
    /// Large enough that big mail costs few system calls.
    private static let size = 64 * 1024

    private var spare: ByteBuffer?

    func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = spare.take() else { return allocator.buffer(capacity: Self.size) }
        buffer.clear()
        return buffer
    }

    /// A buffer that did not come from here is dropped.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity >= Self.size { spare = buffer }
    }
}

/// Lends the event loop's receive buffer to one connection.
///
/// NIO keeps the first buffer that it is given for as long as the connection lives, and would read into it again and
/// again; so the first is a small one, enough for a greeting or an EHLO, and each later read is said to need more.
final class BorrowedReceiveBuffer: RecvByteBufferAllocator, @unchecked Sendable {
    private static let firstSize = 512

    private let lender: ReceiveBuffer
    private var isFirst = true

    init(from lender: ReceiveBuffer) { self.lender = lender }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        guard isFirst else { return lender.take(allocator) }
        isFirst = false
        return allocator.buffer(capacity: Self.firstSize)
    }

    func nextBufferSize() -> Int? { nil }
    func record(actualReadBytes: Int) -> Bool { true }
}
