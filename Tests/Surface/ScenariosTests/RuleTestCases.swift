import Testing

/// Rules, tests of them, and how these go: the subjects of the cases that do not hold, one a line; or `broken` and the checks that say why.
struct RuleTestCase: Sendable, CustomTestStringConvertible {
  var name: String
  var rules: String
  var tests: String
  var outcome: String
  var testDescription: String { name }

  init(_ name: String, rules: String = "", tests: String, outcome: String = "") {
    self.name = name
    self.rules = rules
    self.tests = rules.isEmpty ? tests : "rule_files: [rules.yml]\n" + tests
    self.outcome = outcome
  }

  /// A test without rules of one query, over `a 1 2 3 …` a minute.
  init(query: String, gives samples: String, at time: String = "5m", outcome: String = "") {
    self.init(
      "query \(query) at \(time) gives \(samples)",
      tests: """
        tests:
          - input_series: [{series: 'a{x="1"}', values: '1+1x30'}, {series: n, values: 'NaN NaN NaN NaN NaN NaN'}, {series: z, values: '0x5 stale'}]
            promql_expr_test: [{expr: '\(query)', eval_time: \(time), exp_samples: \(samples)}]
        """, outcome: outcome)
  }

  private static let firing = """
    groups:
      - name: g
        rules:
          - alert: High
            expr: a > 3
            for: 2m
            keep_firing_for: 2m
            labels: {severity: page, gone: ""}
            annotations: {text: "{{ $labels.x }} is {{ $value }} in {{ $externalLabels.region }}, {{ $externalURL }}", none: ""}
    """

  private static let ordered = """
    groups:
      - name: second
        interval: 7m
        rules: [{record: twice, expr: once * 2}]
      - name: first
        rules: [{record: once, expr: a}]
    """

  static let all: [RuleTestCase] =
    alerts + time + queries + [
      RuleTestCase(
        "groups in an order of their own, whatever their interval", rules: ordered,
        tests: """
          group_eval_order: [first, second]
          tests:
            - input_series: [{series: a, values: '1+1x9'}]
              promql_expr_test:
                - {expr: twice, eval_time: 4m, exp_samples: [{labels: twice, value: 10}]}
                - {expr: twice, eval_time: 5m, exp_samples: [{labels: twice, value: 10}]}
          """, outcome: "query twice at 5m"),
      RuleTestCase(
        "the other order is one evaluation behind", rules: ordered,
        tests: """
          group_eval_order: [second, first]
          tests:
            - input_series: [{series: a, values: '1+1x9'}]
              promql_expr_test: [{expr: twice, eval_time: 4m, exp_samples: [{labels: twice, value: 8}]}]
          """),
      RuleTestCase(
        "a rule that writes over an input series ends the test",
        rules: "groups: [{name: g, rules: [{record: a, expr: 'b > 2'}]}]",
        tests: """
          tests:
            - input_series: [{series: a, values: '1x9'}, {series: b, values: '1+1x9'}]
              promql_expr_test: [{expr: nothing, eval_time: 5m}]
            - promql_expr_test: [{expr: 1, exp_samples: [{value: 2}]}]
          """, outcome: "rule a\nquery 1 at 0s"),
      RuleTestCase(
        "a rule may write the value that is there", rules: "groups: [{name: g, rules: [{record: a, expr: 'vector(1)'}]}]",
        tests: "tests: [{input_series: [{series: a, values: '1x9'}], promql_expr_test: [{expr: 'a == 2', eval_time: 5m}]}]"),
      RuleTestCase(
        "a rule that yields one series twice ends the test",
        rules: "groups: [{name: g, rules: [{record: r, expr: 'label_replace(a, \"x\", \"\", \"\", \"\")'}]}]",
        tests: """
          tests:
            - input_series: [{series: 'a{x="1"}', values: '_x3 1'}, {series: 'a{x="2"}', values: '1x9'}]
              promql_expr_test: [{expr: r, eval_time: 2m, exp_samples: [{labels: r, value: 2}]}]
            - input_series: [{series: 'a{x="1"}', values: '_x3 1'}, {series: 'a{x="2"}', values: '1x9'}]
              promql_expr_test: [{expr: r, eval_time: 3m}]
          """, outcome: "query r at 2m\nrule r"),
      RuleTestCase(
        "a rule sees a series whose first sample comes late, and one that was gone for hours",
        rules: "groups: [{name: g, rules: [{record: r, expr: a}]}]",
        tests: """
          tests:
            - input_series:
                - {series: 'a{x="always"}', values: '1x300'}
                - {series: 'a{x="late"}', values: '_x9 2x300'}
                - {series: 'a{x="back"}', values: '3 _x249 4x50'}
              promql_expr_test:
                - {expr: 'r{x="late"}', eval_time: 10m, exp_samples: [{labels: 'r{x="late"}', value: 2}]}
                - {expr: 'r{x="back"}', eval_time: 250m, exp_samples: [{labels: 'r{x="back"}', value: 4}]}
          """),
      RuleTestCase("an empty file", tests: ""),
      RuleTestCase("rules that do not exist", tests: "rule_files: [none.yml]\ntests: [{name: a}]"),
      RuleTestCase("a broken rule without tests", rules: "groups: [{nam: g}]", tests: "tests: []"),
      RuleTestCase("a broken rule", rules: "groups: [{nam: g}]", tests: "tests: [{name: a}]", outcome: "broken"),
      RuleTestCase("an unknown field", tests: "tests: [{input_serie: []}]", outcome: "broken yaml/unknown-field"),
      RuleTestCase("a later field", tests: "tests: [{start_timestamp: 5}]", outcome: "broken yaml/unknown-field"),
      RuleTestCase("a group twice in the order", tests: "group_eval_order: [a, b, a]", outcome: "broken test/group-order"),
      RuleTestCase("no alert name", tests: "tests: [{alert_rule_test: [{eval_time: 1m}]}]", outcome: "broken test/alert-name"),
      RuleTestCase(
        "a time without a unit", tests: "tests: [{promql_expr_test: [{expr: 1, eval_time: 60}]}]", outcome: "broken yaml/type"),
      RuleTestCase(
        "a value that is a text", tests: "tests: [{promql_expr_test: [{expr: 1, exp_samples: [{value: NaN}]}]}]",
        outcome: "broken yaml/type"),
      RuleTestCase("no query", tests: "tests: [{promql_expr_test: [{eval_time: 1m}]}]", outcome: "broken promql/syntax"),
      RuleTestCase(
        "points that cannot be read", tests: "tests: [{input_series: [{series: a, values: '1 2 three'}]}]",
        outcome: "broken promql/series"),
      RuleTestCase(
        "words are not repeated", tests: "tests: [{input_series: [{series: a, values: 'NaNx3'}]}]", outcome: "broken promql/series"),
      RuleTestCase("points of no series", tests: "tests: [{input_series: [{values: 1x3}]}]", outcome: "broken promql/lexical"),
      RuleTestCase("a series of no points", tests: "tests: [{input_series: [{series: a}]}]"),
      RuleTestCase(
        "a result's labels cannot be read", tests: "tests: [{promql_expr_test: [{expr: 1, exp_samples: [{labels: '{a'}]}]}]",
        outcome: "broken promql/lexical"),
      RuleTestCase(
        "an empty label of a result", tests: "tests: [{promql_expr_test: [{expr: 1, exp_samples: [{labels: '{a=\"\"}'}]}]}]",
        outcome: "broken test/empty-label"),
    ]

  private static let alerts = [
    RuleTestCase(
      "pending, firing, kept and gone", rules: firing,
      tests: """
        tests:
          - name: steps
            external_labels: {region: eu}
            external_url: http://here
            input_series: [{series: 'a{x="1"}', values: '1+1x9 _x9'}, {series: 'a{x="2"}', values: '1x20'}]
            alert_rule_test:
              - {alertname: High, eval_time: 4m}
              - {alertname: High, eval_time: 5m59s999ms, exp_alerts: &alerts [{exp_labels: {severity: page, x: 1}, exp_annotations:
                  {text: "1 is 6 in eu, http://here", none: ""}}]}
              - {alertname: High, eval_time: 5m, exp_alerts: *alerts}
              - {alertname: High, eval_time: 4m59s, exp_alerts: *alerts}
              - {alertname: High, eval_time: 15m, exp_alerts: [{exp_labels: {severity: page, x: 1}, exp_annotations:
                  {text: "1 is 10 in eu, http://here", none: ""}}]}
              - {alertname: High, eval_time: 16m}
              - {alertname: High, eval_time: 17m}
              - {alertname: Other, eval_time: 17m}
        """, outcome: "alert High at 4m59s"),
    RuleTestCase(
      "labels and annotations have to be the same", rules: firing,
      tests: """
        tests:
          - input_series: [{series: 'a{x="1"}', values: '9x20'}]
            alert_rule_test:
              - {alertname: High, eval_time: 5m, exp_alerts: [{exp_labels: {severity: page, x: 1}, exp_annotations: {none: ""}}]}
              - {alertname: High, eval_time: 6m, exp_alerts: [{exp_labels: {severity: page, x: 1, alertname: ignored},
                 exp_annotations: {text: "1 is 9 in , ", none: ""}}]}
              - {alertname: High, eval_time: 7m, exp_alerts: [{exp_labels: {severity: mail, x: 1},
                 exp_annotations: {text: "1 is 9 in , ", none: ""}}]}
              - {alertname: High, eval_time: 8m, exp_alerts: [{}]}
        """, outcome: "alert High at 5m\nalert High at 7m\nalert High at 8m"),
    RuleTestCase(
      "rules of one name are one set of alerts",
      rules: "groups: [{name: g, rules: [{alert: A, expr: a > 1}, {alert: A, expr: a > 2, labels: {s: t}}, {record: A, expr: a}]}]",
      tests: """
        tests:
          - input_series: [{series: a, values: '1+1x9'}]
            alert_rule_test:
              - {alertname: A, eval_time: 0s}
              - {alertname: A, eval_time: 1m, exp_alerts: [{}]}
              - {alertname: A, eval_time: 2m, exp_alerts: [{exp_labels: {s: t}}, {}]}
              - {alertname: A, eval_time: 3m, exp_alerts: [{}, {}]}
            promql_expr_test:
              - {expr: count(ALERTS_FOR_STATE), eval_time: 2m30s, exp_samples: [{value: 2}]}
        """, outcome: "alert A at 3m"),
  ]

  private static let time = [
    RuleTestCase(
      "samples after the last evaluation are not there",
      tests: """
        evaluation_interval: 1m
        tests:
          - interval: 10s
            input_series: [{series: a, values: '1+1x90'}]
            promql_expr_test:
              - {expr: a, eval_time: 110s, exp_samples: [{labels: a, value: 12}]}
              - {expr: a, eval_time: 110s, exp_samples: [{labels: a, value: 7}]}
        """, outcome: "query a at 1m50s"),
    RuleTestCase(
      "the interval of points is the interval of evaluation, and the step of subqueries",
      tests: """
        evaluation_interval: 20s
        tests:
          - input_series: [{series: a, values: '0+1x90'}]
            promql_expr_test:
              - {expr: a, eval_time: 2m, exp_samples: [{labels: a, value: 6}]}
              - {expr: 'count_over_time(a[2m:])', eval_time: 2m, exp_samples: [{labels: '{}', value: 6}]}
        """),
    RuleTestCase(
      "zero intervals count as left out",
      tests: """
        evaluation_interval: 0s
        tests: [{interval: 0s, input_series: [{series: a, values: '0+1x9'}], promql_expr_test: [{expr: a, eval_time: 2m}]}]
        """, outcome: "query a at 2m"),
    RuleTestCase(
      "rules that look back write into the past",
      rules: """
        groups: [{name: g, query_offset: 2m, rules: [{record: r, expr: a}]}]
        """,
      tests: """
        tests:
          - input_series: [{series: a, values: '1+1x9'}]
            promql_expr_test:
              - {expr: r, eval_time: 5m, exp_samples: [{labels: r, value: 4}]}
              - {expr: 'timestamp(r)', eval_time: 5m, exp_samples: [{value: 180}]}
        """),
  ]

  private static let queries = [
    RuleTestCase(query: "a", gives: #"[{labels: 'a{x="1"}', value: 6}]"#),
    RuleTestCase(query: "a", gives: #"[{labels: 'a{x="1"}', value: 7}]"#, outcome: "query a at 5m"),
    RuleTestCase(query: "a", gives: #"[{labels: '{x="1"}', value: 6}]"#, outcome: "query a at 5m"),
    RuleTestCase(query: "a", gives: "[]", outcome: "query a at 5m"),
    RuleTestCase(query: "a * 0", gives: #"[{labels: '{x="1"}', value: -0.0}]"#),
    RuleTestCase(query: "a / 0", gives: #"[{labels: '{x="1"}', value: .inf}]"#),
    RuleTestCase(query: "a", gives: #"[{labels: 'a{x="1"}', value: 0x6}]"#),
    RuleTestCase(query: "n", gives: "[{labels: n, value: .nan}]", outcome: "query n at 5m"),
    RuleTestCase(query: "n != bool n", gives: "[{labels: '{}', value: 1}]"),
    RuleTestCase(query: "z", gives: "[{labels: z, value: 0}]"),
    RuleTestCase(query: "z", gives: "[{labels: z, value: 0}]", at: "6m", outcome: "query z at 6m"),
    RuleTestCase(query: "time()", gives: "[{value: 300}]"),
    RuleTestCase(query: "a[1m]", gives: "[]", outcome: "query a[1m] at 5m"),
    RuleTestCase(query: "\"text\"", gives: "[]", outcome: "query \"text\" at 5m"),
    RuleTestCase(
      query: "a * on () group_left () {__name__=~\"n|z\"}", gives: "[]",
      outcome: "query a * on () group_left () {__name__=~\"n|z\"} at 5m"),
    RuleTestCase(query: "vector(1)", gives: "[{value: 1}, {value: 1}]", outcome: "query vector(1) at 5m"),
    RuleTestCase(query: "a * 0.1", gives: #"[{labels: '{x="1"}', value: 0.6}]"#, outcome: "query a * 0.1 at 5m"),
    RuleTestCase(
      "neighbouring floats",
      tests: """
        fuzzy_compare: true
        tests:
          - input_series: [{series: a, values: '0.1+0.1x3'}]
            promql_expr_test:
              - {expr: a, eval_time: 2m, exp_samples: [{labels: a, value: 0.3}]}
              - {expr: a, eval_time: 2m, exp_samples: [{labels: a, value: 0.3000000000000002}]}
        """, outcome: "query a at 2m"),
    RuleTestCase(
      "the last of two descriptions of a series holds",
      tests: """
        tests:
          - input_series: [{series: a, values: 1x9}, {series: '{__name__="a"}', values: 2x5}]
            promql_expr_test: [{expr: a, eval_time: 2m, exp_samples: [{labels: a, value: 2}]}]
        """),
    RuleTestCase(
      "a query of more than 10,000 samples",
      tests: """
        tests:
          - interval: 1s
            input_series: [{series: a, values: 1x12000}]
            promql_expr_test:
              - {expr: 'count_over_time(a[150m])', eval_time: 150m, exp_samples: [{value: 9000}]}
              - {expr: 'count_over_time(a[180m])', eval_time: 180m, exp_samples: [{value: 10800}]}
        """, outcome: "query count_over_time(a[180m]) at 3h"),
  ]
}
