import Diagnostics
import MailTypes
import RelayPolicy

/// The few values of which fuzzed policies and requests are made.
enum Words {
    static let domains = ["ours.test", "there.test", "below.there.test", "xn--bcher-kva.test", "[192.0.2.1]"].map {
        required(Domain($0), $0)
    }

    static let clients = ["192.0.2.1", "192.0.2.2", "198.51.100.7", "2001:db8::1", "::1"].map {
        required(IPAddress($0), $0)
    }

    static let patterns = [
        "<>", "anna@ours.test", "*@ours.test", "*.there.test", "there.test", "postmaster@*", "Anna@*", "ends-with:ere.test",
    ].map { required(try? PathPattern(parsing: $0), $0) }

    static let reversePaths = ["<>", "<anna@ours.test>", "<ANNA@there.test>", "<x@a.below.there.test>"].map {
        required(try? ReversePath(parsing: Array($0.utf8)), $0)
    }

    static let forwardPaths = [
        "<anna@ours.test>", "<postmaster>", "<PostMaster@ours.test>", "<y@there.test>", "<y@a.below.there.test>",
        "<y%there.test@ours.test>", "<there.test!y@ours.test>", "<@there.test:y@ours.test>", "<y@there.test@ours.test>",
        "<\"y@there.test\"@ours.test>", "<y%a.test%there.test@ours.test>", "<SRS0=x@ours.test>", "<.y@ours.test>",
        "<y@[192.0.2.1]>", "<y@b\u{fc}cher.test>", "<a/b|c@ours.test>", "<IMCEASMTP-y+40there@ours.test>",
    ].map { required(try? WrittenPath(parsing: Array($0.utf8)), $0) }

    static func place(_ line: Int) -> SourceLocation { SourceLocation(file: "gatepost.conf", line: max(line, 1), column: 1) }

    static func addresses(_ bytes: inout FuzzedBytes) -> Conditions.Addresses {
        var set = AddressSet(bytes.some(of: clients).map { IPRange($0) })
        if bytes.once(in: 4) { set = set.complement }
        return Conditions.Addresses(set, text: "some")
    }

    static func patterns(_ bytes: inout FuzzedBytes) -> Conditions.Patterns {
        Conditions.Patterns(PathPatternSet(bytes.some(of: patterns)), text: "some")
    }
}
