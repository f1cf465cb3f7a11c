/// Whether the tests were built for speed (`swift test -c release`); then random tests try a good deal more.
public let isOptimised: Bool = {
    #if DEBUG
        false
    #else
        true
    #endif
}()
