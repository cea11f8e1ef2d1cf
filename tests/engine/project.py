"""A tiny Rasa project: enough dialogue to try the engine on, trained in seconds."""

CONFIG = """
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.3
    enable_fallback_prediction: true
    core_fallback_action_name: utter_lost
"""

DOMAIN = """
version: "3.1"
intents: [greet, ask_cost, ask_form, ask_action, ask_choice]
slots:
  favourite:
    type: text
    influence_conversation: false
    mappings: [{type: custom}]
  first_name:
    type: text
    influence_conversation: false
    mappings:
      - type: from_text
        not_intent: [ask_form]
        conditions: [{active_loop: name_form}]
forms:
  name_form: {required_slots: [first_name]}
actions: [action_note]
responses:
  utter_greet:
    - text: "Hello on the web."
      channel: web
    - text: "Hello by text."
      channel: sms
    - text: "Hello."
  utter_cost: [{text: "It depends."}]
  utter_lost: [{text: "Sorry?"}]
  utter_done: [{text: "Thank you."}]
  utter_ask_first_name: [{text: "What may we call you?"}]
  utter_choice:
    - text: "Which one?"
      buttons:
        - {title: "The cost", payload: "/ask_cost"}
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
"""

DATA = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi there
  - intent: ask_cost
    examples: |
      - cost
      - price
  - intent: ask_form
    examples: |
      - form
      - sign up
  - intent: ask_action
    examples: |
      - note
      - write down
  - intent: ask_choice
    examples: |
      - choice
      - options
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
  - rule: cost
    steps: [{intent: ask_cost}, {action: utter_cost}]
  - rule: choice
    steps: [{intent: ask_choice}, {action: utter_choice}]
  - rule: an action of the action server
    steps: [{intent: ask_action}, {action: action_note}, {action: utter_done}]
  - rule: open the form
    steps: [{intent: ask_form}, {action: name_form}, {active_loop: name_form}]
  - rule: close the form
    condition: [{active_loop: name_form}]
    steps: [{action: name_form}, {active_loop: null}, {action: utter_done}]
"""
