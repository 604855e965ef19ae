import Testing

@testable import WireCoding
