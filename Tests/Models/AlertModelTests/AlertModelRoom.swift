import Testing

@testable import AlertModel
