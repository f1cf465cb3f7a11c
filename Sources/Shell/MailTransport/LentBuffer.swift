import MailTypes
import NIOCore

/// One buffer that all connections of an event loop borrow: one to receive into, so that an idle session holds none, and
/// one to put together in what is sent, so that a reply costs no allocation.
///
/// Where a slice of it still waits to be written, whoever takes it next finds it shared and gets fresh storage. Only its
/// event loop touches it.
final class LentBuffer: @unchecked Sendable {
    /// Large enough that big mail costs few system calls.
    static let sizeForReceiving = 64 * 1024
    static let sizeForSending = 4 * 1024

    private let size: Int
    private var spare: ByteBuffer?

    init(size: Int) { self.size = size }

    func take(_ allocator: ByteBufferAllocator = ByteBufferAllocator()) -> ByteBuffer {
        guard var buffer = spare.take() else { return allocator.buffer(capacity: size) }
        buffer.clear()
        return buffer
    }

    /// A buffer that did not come from here is dropped.
    func giveBack(_ buffer: ByteBuffer) {
        if buffer.capacity >= size { spare = buffer }
    }
}

extension ByteBuffer {
    mutating func write(_ reply: Reply) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: reply.wireLength) { reply.writeWireForm(to: $0) }
    }
}

/// Lends the event loop's receive buffer to one connection.
///
/// NIO keeps the first buffer that it is given for as long as the connection lives, and would read into it again and
/// again; so the first is a small one, enough for a greeting or an EHLO, and each later read is said to need more.
final class BorrowedReceiveBuffer: RecvByteBufferAllocator, @unchecked Sendable {
    private static let firstSize = 512

    private let lender: LentBuffer
    private var isFirst = true

    init(from lender: LentBuffer) { self.lender = lender }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        guard isFirst else { return lender.take(allocator) }
        isFirst = false
        return allocator.buffer(capacity: Self.firstSize)
    }

    func nextBufferSize() -> Int? { nil }
    func record(actualReadBytes: Int) -> Bool { true }
}
