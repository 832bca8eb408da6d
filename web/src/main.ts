import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { registerServiceWorker } from './offline';
import { i18n } from './i18n/i18n.svelte';

const target = document.getElementById('app');
registerServiceWorker();
if (target) void i18n.init().then(() => mount(App, { target }));
