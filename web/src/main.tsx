/** Where does the page begin? Styles, language, and the frame. */

import 'preact';
import '@preact/signals';
import './styles/base.css';
import './styles/parts.css';
import { render } from 'preact';
import { App } from './frame/app';
import { language } from './words';

document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
const page = document.getElementById('page');
if (page) render(<App />, page);
