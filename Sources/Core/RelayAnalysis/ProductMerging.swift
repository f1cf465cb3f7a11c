/// Joins disjoint products that differ in one dimension only, until none do.
enum ProductMerging {
    /// A product has for each dimension its atoms, nil for all `sizes[dimension]` of them.
    static func merged(_ products: [[[Int]?]], sizes: [Int]) -> [[[Int]?]] {
        var products = products
        var dimension = 0
        /// Dimensions in a row in which nothing was joined.
        var quiet = 0
        while products.count > 1, quiet < sizes.count {
            let joined = joined(products, dimension, size: sizes[dimension])
            quiet = joined.count == products.count ? quiet + 1 : 0
            products = joined
            dimension = (dimension + 1) % sizes.count
        }
        return products
    }

    private static func joined(_ products: [[[Int]?]], _ dimension: Int, size: Int) -> [[[Int]?]] {
        guard size > 1 else { return products }
        var joined: [[[Int]?]] = []
        var places: [[[Int]?]: Int] = [:]
        for product in products {
            var others = product
            others[dimension] = nil
            guard let place = places[others] else {
                places[others] = joined.count
                joined.append(product)
                continue
            }
            guard let a = joined[place][dimension], let b = product[dimension] else { continue }
            let union = (a + b).sorted()
            joined[place][dimension] = union.count == size ? nil : union
        }
        return joined
    }
}
