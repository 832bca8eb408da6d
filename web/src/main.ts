import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { keepForLater } from './offline';
import { speech } from './words/words.svelte';

const target = document.getElementById('app');
keepForLater();
if (target) void speech.begin().then(() => mount(App, { target }));
