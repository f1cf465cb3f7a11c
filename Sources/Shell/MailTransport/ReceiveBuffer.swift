import NIOCore

/// One receive buffer that all connections of an event loop borrow, so that an idle session holds none.
///
/// It is taken for a read and given back by the handler; where a slice of it still waits to be written, the next
/// read finds it shared and gets fresh storage. Only its event loop touches it.
final class ReceiveBuffer: RecvByteBufferAllocator, @unchecked Sendable {
    /// Large enough that big mail costs few system calls.
    private static let size = 64 * 1024

    private var spare: ByteBuffer?

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = spare.take() else { return allocator.buffer(capacity: Self.size) }
        buffer.clear()
        return buffer
    }

    func giveBack(_ buffer: ByteBuffer) { spare = buffer }

    /// Nil keeps NIO from holding a buffer for each connection.
    func nextBufferSize() -> Int? { nil }
    func record(actualReadBytes: Int) -> Bool { false }
}
