/// Joins disjoint products that differ in one dimension only, until none do.
struct ProductMerging {
    /// Sets of atoms that were met, each with a number, so that products are compared without their elements.
    private var sets: [[Int]] = []
    private var numbers: [[Int]: Int] = [:]
    private let sizes: [Int]
    private let work: Work
    private static let all = -1

    /// A product has for each dimension its atoms, nil for all `sizes[dimension]` of them.
    static func merged(_ products: [[[Int]?]], sizes: [Int], _ work: Work) throws(EffortSpent) -> [[[Int]?]] {
        guard products.count > 1 else { return products }
        var merging = ProductMerging(sizes: sizes, work: work)
        var coded: [[Int]] = []
        for product in products {
            var own: [Int] = []
            for set in product { own.append(try merging.number(of: set)) }
            coded.append(own)
        }
        return try merging.joined(coded).map { product in product.map { $0 == all ? nil : merging.sets[$0] } }
    }

    private init(sizes: [Int], work: Work) { (self.sizes, self.work) = (sizes, work) }

    private mutating func number(of set: [Int]?) throws(EffortSpent) -> Int {
        guard let set else { return Self.all }
        try work.spend(1 + set.count)
        if let number = numbers[set] { return number }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }

    private mutating func joined(_ products: [[Int]]) throws(EffortSpent) -> [[Int]] {
        var products = products
        var dimension = 0
        /// Dimensions in a row in which nothing was joined.
        var quiet = 0
        while products.count > 1, quiet < sizes.count {
            let joined = try joined(products, dimension)
            quiet = joined.count == products.count ? quiet + 1 : 0
            products = joined
            dimension = (dimension + 1) % sizes.count
        }
        return products
    }

    private mutating func joined(_ products: [[Int]], _ dimension: Int) throws(EffortSpent) -> [[Int]] {
        guard sizes[dimension] > 1 else { return products }
        try work.spend(products.count * sizes.count)
        var places: [[Int]: Int] = [:]
        var alike: [(product: [Int], sets: [Int])] = []
        for product in products {
            var others = product
            others[dimension] = Self.all
            if let place = places[others] {
                alike[place].sets.append(product[dimension])
            } else {
                places[others] = alike.count
                alike.append((product, [product[dimension]]))
            }
        }
        guard alike.count < products.count else { return products }
        var joined: [[Int]] = []
        for (product, own) in alike {
            var product = product
            if own.count > 1 { product[dimension] = try union(own, size: sizes[dimension]) }
            joined.append(product)
        }
        return joined
    }

    private mutating func union(_ own: [Int], size: Int) throws(EffortSpent) -> Int {
        if own.contains(Self.all) { return Self.all }
        let atoms = own.flatMap { sets[$0] }.sorted()
        return atoms.count == size ? Self.all : try number(of: atoms)
    }
}
