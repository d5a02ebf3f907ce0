import assert from 'node:assert/strict'
import { test } from 'node:test'
import { workdaysLeft } from '../../.build/lib/workdays.js'

const calendar = { from_year: 2021, to_year: 2021, days: [{ day: '2021-09-18', kind: 'working' }, { day: '2021-09-20', kind: 'holiday' }, { day: '2021-09-21', kind: 'holiday' }, { day: '2021-09-26', kind: 'working' }] }
test('working days: the first is not counted, moved days are', () => {
  assert.equal(workdaysLeft('2021-09-16', '2021-09-22', calendar), 3) // 17, 18 (Saturday worked), 22
  assert.equal(workdaysLeft('2021-09-24', '2021-09-26', calendar), 1)
  assert.equal(workdaysLeft('2021-09-22', '2021-09-22', calendar), 0)
  assert.equal(workdaysLeft('2021-09-23', '2021-09-22', calendar), 0)
  assert.equal(workdaysLeft('2021-12-30', '2022-01-10', calendar), null)
})
