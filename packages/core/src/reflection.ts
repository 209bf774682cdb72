// What tsyringe asks for before it loads. A module of its own, since bundlers run a module's CommonJS imports after those of its ES modules.
import 'reflect-metadata'
