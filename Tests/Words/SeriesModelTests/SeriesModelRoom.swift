import Testing

@testable import SeriesModel
