extension ShippedSendmailRules {
    /// The same for 8.9, in which check_rcpt asks all of it and no ruleset Relay_ok stands; only what later releases do not
    /// have in these words too.
    static func containsOfRelease89(_ fingerprint: UInt64) -> Bool { ofRelease89.contains(fingerprint) }

    private static let ofRelease89: Set<UInt64> = [
        0x00ef37664a9c8f8b, 0x0861b9b21a364da0, 0x0b4cb801e08e537a, 0x0d6e92ba694f02e1, 0x0edf3cb3965a4f89, 0x0f30506ea359acd8,
        0x102dc41fb1763c82, 0x10e3b7fa41f7dbbd, 0x18ce5b86eecf9192, 0x21a43aa41c61c288, 0x24edcdb1e37ab226, 0x277269c0f2833458,
        0x29d48a9d901ddb87, 0x2aed308421f21a4a, 0x2ba18d36c4ac0d17, 0x2f6ae921772f0590, 0x354a566e16fb985f, 0x35f68cffc7a3c201,
        0x39c9028283aaaeff, 0x3e158169829f842a, 0x42edc59779fc2918, 0x437248fcd6153be0, 0x439d604361a0191b, 0x4de0b6fe226cf803,
        0x4e974e9ae65fd2ea, 0x4ea36c1357281764, 0x4ecb6f1d6f8ad9c9, 0x5526f5d32e201ce0, 0x58a7d6301cdaf68c, 0x59714ac76187cfab,
        0x61b054f6ef6aa6f7, 0x62ca026f16c56247, 0x65b6957212e1f762, 0x65bfb5738f1fa415, 0x673bc6f34872645a, 0x679d95c03b057bfd,
        0x67f36d88b84b886c, 0x69e9690cacd702f9, 0x6b28cb52ea5df819, 0x70c293fb9ab43aa2, 0x71f3d1302afd3e5f, 0x738b8b2527e7fdf0,
        0x7414f8c7f2255773, 0x754d7d311514c657, 0x75a7808ee03c30b3, 0x7b42c76acb0b8b5f, 0x7bb8765b0c0932e3, 0x943c244969adb2b6,
        0x9b7e3a141a4f93ab, 0x9bcaec4dbc447431, 0x9d42cf22d54afd06, 0x9ef2889f20ff54a3, 0xa124898dd3c15774, 0xa189ec5b5ae06df6,
        0xaae84036ac9e2794, 0xb14d97e83d1f6351, 0xb5152a278c968093, 0xba5a35f7bcb4aab8, 0xbdbd58292fed81a6, 0xbfe99fc8c1675e16,
        0xc0d9ccf3a0e031ee, 0xc694fc9cd0097694, 0xc6ec54c4819c7105, 0xce0edcf0a8c88cb3, 0xd72398c38191c53f, 0xda9d6abff7bef7ef,
        0xdd94d91ed4ea3b2f, 0xddf06f0e51fc19f0, 0xe3c876259023e284, 0xf06b1577c7956320, 0xf2b3683d1ae7ee02, 0xf7d0e62f41b5d080,
        0xf9332b67387891da, 0xfa033a9d56f147ab, 0xfe4f9358631e8083, 0xfedaead0ea821adb,
    ]
}
