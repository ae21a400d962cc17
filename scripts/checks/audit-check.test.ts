import { expect, test } from 'vitest'
import { outcomeOfAudit } from './audit-check.ts'

const report = (severity: string) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities: { tar: { name: 'tar', severity } } })

test.each(['high', 'critical'])('fails for a vulnerability that is %s, and names it', (severity) => {
  const outcome = outcomeOfAudit(report(severity))

  expect(outcome).toMatchObject({ passed: 0, failed: 1 })
  expect(outcome.output).toContain(`tar: ${severity}`)
})

test('passes where nothing grave is known', () => {
  expect(outcomeOfAudit(report('moderate'))).toMatchObject({ passed: 1, failed: 0 })
  expect(outcomeOfAudit('{"auditReportVersion":2,"vulnerabilities":{}}')).toMatchObject({
    passed: 1,
    failed: 0,
  })
})

test.each(['', 'npm error audit endpoint returned an error', '{"message":"405 Method Not Allowed"}'])(
  'says that nothing was checked where npm prints %j',
  (printed) => {
    expect(outcomeOfAudit(printed)).toMatchObject({ passed: 0, failed: 0, skipped: 1 })
  },
)
