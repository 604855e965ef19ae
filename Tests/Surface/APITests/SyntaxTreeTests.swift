import HTTPServer
import Testing

@testable import API

@Suite struct SyntaxTreeTests {
  static func selector(_ name: String, _ rest: String = #","offset":0,"startOrEnd":null,"timestamp":null,"type":"vectorSelector""#)
    -> String
  {
    #"{"matchers":[{"name":"__name__","type":"=","value":"\#(name)"}],"name":"\#(name)"\#(rest)}"#
  }
  static let a = selector("a")
  static let b = selector("b")

  // Taken from the answers of the reference, which escapes `>`.
  @Test(arguments: [
    ("time()", #"{"args":[],"func":{"argTypes":[],"name":"time","returnType":"scalar","variadic":0},"type":"call"}"#),
    (
      "day_of_week()",
      #"{"args":[],"func":{"argTypes":["vector"],"name":"day_of_week","returnType":"vector","variadic":1},"type":"call"}"#
    ),
    (
      #"label_join(a,"b","c","d")"#,
      #"{"args":[\#(a),{"type":"stringLiteral","val":"b"},{"type":"stringLiteral","val":"c"},{"type":"stringLiteral","val":"d"}],"#
        + #""func":{"argTypes":["vector","string","string","string"],"name":"label_join","returnType":"vector","variadic":-1},"type":"call"}"#
    ),
    (
      "topk(3,a)",
      #"{"expr":\#(a),"grouping":[],"op":"topk","param":{"type":"numberLiteral","val":"3"},"type":"aggregation","without":false}"#
    ),
    ("sum without (x) (a)", #"{"expr":\#(a),"grouping":["x"],"op":"sum","param":null,"type":"aggregation","without":true}"#),
    ("-a", #"{"expr":\#(a),"op":"-","type":"unaryExpr"}"#),
    (
      "a[5m:1m] @ 10 offset -1m",
      #"{"expr":\#(a),"offset":-60000,"range":300000,"startOrEnd":null,"step":60000,"timestamp":10000,"type":"subquery"}"#
    ),
    (
      "a[5m] @ end() offset 1h",
      selector("a", #","offset":3600000,"range":300000,"startOrEnd":"end","timestamp":null,"type":"matrixSelector""#)
    ),
    ("a offset 1500ms", selector("a", #","offset":1500,"startOrEnd":null,"timestamp":null,"type":"vectorSelector""#)),
    (
      "(a > bool b)",
      #"{"expr":{"bool":true,"lhs":\#(a),"matching":{"card":"one-to-one","include":[],"labels":[],"on":false},"op":">","rhs":\#(b),"#
        + #""type":"binaryExpr"},"type":"parenExpr"}"#
    ),
    (
      "a*on(x)group_left(y)b",
      #"{"bool":false,"lhs":\#(a),"matching":{"card":"many-to-one","include":["y"],"labels":["x"],"on":true},"op":"*","rhs":\#(b),"type":"binaryExpr"}"#
    ),
    (
      "a and b",
      #"{"bool":false,"lhs":\#(a),"matching":{"card":"many-to-many","include":[],"labels":[],"on":false},"op":"and","rhs":\#(b),"type":"binaryExpr"}"#
    ),
    ("1h", #"{"type":"numberLiteral","val":"3600"}"#), ("-Inf", #"{"type":"numberLiteral","val":"-Inf"}"#),
    ("1.5e-7", #"{"type":"numberLiteral","val":"0.00000015"}"#),
    (
      #"{"a.b"}"#,
      #"{"matchers":[{"name":"__name__","type":"=","value":"a.b"}],"name":"","offset":0,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"}"#
    ),
  ]) func `a tree is the reference's`(_ query: String, _ tree: String) {
    #expect(Fixture().get("parse_query?query=" + URLCoding.encodeValue(query)) == (200, success(tree)))
  }

  @Test func `a query is printed in normal form`() {
    let query = URLCoding.encodeValue("sum  by(job)(rate(x{a='b'}[5m]))>1")
    #expect(Fixture().get("format_query?query=" + query) == (200, success(#""sum by (job) (rate(x{a=\"b\"}[5m])) > 1""#)))
  }
}
