import Testing

@testable import DurableLog
