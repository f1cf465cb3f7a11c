/// Within one statement the first problem ends its reading; the reader catches it and goes on with the next.
extension Diagnostic: Error {}
