/// A page as headings and blocks, which both forms (terminal and Markdown) are written from.
struct GuideSection {
    enum Block {
        case paragraph(String)
        case code(String)
        case item(String)
        /// Numbered from 1 within its section.
        case step(String, code: String?)
    }

    var heading: String
    var blocks: [Block]
}

extension GuidePage {
    var sections: [GuideSection] {
        var sections = [
            GuideSection(heading: "As delivered: \(delivered.word)", blocks: [.paragraph(asDelivered)]),
            GuideSection(heading: "Where the settings are", blocks: Self.plain(files)),
            GuideSection(heading: "The switch", blocks: steps.map { .step($0.text, code: $0.code) }),
            GuideSection(heading: "What you lose", blocks: losses.map(GuideSection.Block.item)),
            GuideSection(heading: "What it still cannot do", blocks: limits.map(GuideSection.Block.item)),
            GuideSection(heading: "How to test", blocks: testing),
            GuideSection(heading: needsGate ? "Gatepost in front: the only full remedy" : "Gatepost in front", blocks: gateBlocks),
        ]
        if !symptoms.isEmpty {
            sections.append(
                GuideSection(heading: "Symptoms", blocks: symptoms.map { .item("“\($0.words)”: \($0.meaning)") }))
        }
        sections.append(GuideSection(heading: "How sure this is", blocks: [.paragraph(sureness)]))
        return sections.filter { !$0.blocks.isEmpty }
    }

    private static func plain(_ steps: [Step]) -> [GuideSection.Block] {
        steps.flatMap { step in [.paragraph(step.text)] + (step.code.map { [.code($0)] } ?? []) }
    }

    private var testing: [GuideSection.Block] {
        [.paragraph("From a host outside of your networks; `mail.ours.example` is your server, `ours.example` your domain.")]
            + trials.flatMap { [.paragraph("\($0.what): \($0.expected)"), .code($0.command)] }
    }

    private var gateBlocks: [GuideSection.Block] {
        [
            .paragraph(gate),
            .code(
                """
                version 1

                node {
                    hostname  mail.ours.example
                    state     /var/lib/gatepost
                }

                networks  office  192.0.2.0/24          # who may send anywhere

                local {
                    domains  ours.example               # virtual domains too, and those you are a backup MX for
                }

                upstream old-server { server 10.0.0.25:25 }
                route  local      old-server
                route  elsewhere  old-server

                listen public { address 0.0.0.0:25 }

                relay {
                    permit "office" { from office }
                }
                """),
            .paragraph("Let the server take mail from the gate's address only, and permit that address to relay there."),
            .code("gatepost audit \(system.rawValue) FILES\ngatepost demo \(system.rawValue)"),
        ]
    }
}

extension GuidePage.Delivered {
    /// `open`, `closed`, `it depends`.
    public var word: String {
        switch self {
        case .open: "open"
        case .closed: "closed"
        case .depends: "it depends"
        }
    }
}
