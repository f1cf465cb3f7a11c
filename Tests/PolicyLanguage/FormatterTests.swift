import Foundation
import MailTypes
import PolicyLanguage
import Testing

@Suite("layout")
struct FormatterTests {
    @Test("the complete file: print")
    func show() throws {
        let bytes = try [UInt8](Data(contentsOf: CorpusPolicies.folder.appending(path: "complete/gatepost.conf")))
        let text = try formatted(bytes, file: "x").get()
        print(String(decoding: text, as: UTF8.self))
        #expect(try formatted(text, file: "x").get() == text)
    }
}
