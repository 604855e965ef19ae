import Testing

@testable import PromQLSyntax
