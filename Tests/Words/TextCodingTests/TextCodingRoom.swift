import Testing

@testable import TextCoding
