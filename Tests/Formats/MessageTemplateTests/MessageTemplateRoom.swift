import Testing

@testable import MessageTemplate
