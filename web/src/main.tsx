/** Where does the page begin? Styles, language, and the frame. */

import 'preact';
import '@preact/signals';
import './styles/base.css';
import './styles/parts.css';
import './styles/print.css';
import { render } from 'preact';
import { App } from './frame/app';

const page = document.getElementById('page');
if (page) render(<App />, page);
