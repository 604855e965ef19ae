import Testing

@testable import PromQLEngine
