import { expect, it } from 'vitest';
import { sentence } from '../../src/words/sentences';

it('says it as the engine does, where that is the language', () => {
  expect(sentence(' too short', 'en')).toBe('too short');
});

it('says it in Chinese, with what the engine has put in', () => {
  expect(sentence('too short', 'zh')).toBe('太短');
  expect(sentence('5 cells in 4 columns: is a delimiter not quoted?', 'zh')).toBe(
    '有 5 个单元格，而列数为 4：是否有未加引号的分隔符？',
  );
  expect(sentence('its number is in campaign a$1, b', 'zh')).toBe('此号码已在活动 a$1, b 中');
});

it('says what a figure means, also where that has a colon', () => {
  expect(sentence('outcome of a visit: the caller gave up', 'zh')).toBe('等待的结果：来电者放弃');
  expect(sentence('answered within T / offered', 'zh')).toBe('T 内接听 ÷ 进线');
});

it('names the column that it is about', () => {
  expect(sentence('column "Telefon": too short', 'zh')).toBe('“Telefon”列：太短');
  expect(sentence('Telefon: no number', 'zh')).toBe('“Telefon”列：没有号码');
});

it('shows what it does not know as it is', () => {
  expect(sentence('Telefon: something new', 'zh')).toBe('Telefon: something new');
});
