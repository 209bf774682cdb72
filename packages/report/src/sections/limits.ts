import { html, type Html } from '../html.js'

/** What a reader must not conclude. */
export const limits: Html = html`<ul>
<li><strong>Not that an explanation is right.</strong> A robustness score says how little a map changes between similar inputs. A map that is the same for every input
is perfectly robust and explains nothing, so read robustness only together with faithfulness.</li>
<li><strong>Not that the model is right.</strong> A faithful map of a bad model shows what that model uses, however wrong.</li>
<li><strong>Not only what the model does with real inputs.</strong> Scores that remove or change parts of an input show the model inputs unlike those it was trained on,
and what is put in the place of the removed parts changes the score.</li>
<li><strong>Not more than these examples, this seed and these models.</strong> The interval covers which examples were drawn from the dataset. It does not cover another training of the model, other options of a method or a metric, or other data.</li>
<li><strong>Not that a better rank is a real difference.</strong> Ranks follow the means alone. Where intervals overlap widely the order may be chance, and among many methods and metrics some differences come about by luck.</li>
<li><strong>Not a single judgement.</strong> Metrics answer different questions and may contradict each other; their ranks are not to be added up.</li>
<li><strong>Not how examples without a value would have scored.</strong> They are left out of the mean, which may flatter a method that fails on the hard ones.</li>
</ul>`
