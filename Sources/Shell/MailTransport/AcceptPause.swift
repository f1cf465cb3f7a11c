import NIOCore

/// Stops accepting while few file descriptors are left, and looks again five times a second: whoever is not accepted
/// waits, and nothing spins over the same error.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let length = TimeAmount.milliseconds(200)

    private let worker: Worker
    private var isPaused = false

    init(worker: Worker) { self.worker = worker }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !worker.shared.descriptors.sufficeForClient { pause(context.channel) }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { pause(context.channel) }

    private func pause(_ channel: any Channel) {
        guard !isPaused else { return }
        isPaused = true
        if worker.shared.pauseIsNews(at: .now()) {
            worker.log.acceptingPaused(descriptors: worker.shared.descriptors.limit)
        }
        _ = channel.setOption(.autoRead, value: false)
        resumeSoon(channel)
    }

    private func resumeSoon(_ channel: any Channel) {
        channel.eventLoop.assumeIsolated().scheduleTask(in: Self.length) {
            guard channel.isActive else { return }
            guard self.worker.shared.descriptors.sufficeForClient else { return self.resumeSoon(channel) }
            self.isPaused = false
            _ = channel.setOption(.autoRead, value: true)
        }
    }
}
