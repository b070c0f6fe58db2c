"""The staff side's commands, for `deploy.nilai` to put under one name."""

from aggregation.access.commands import accounts
from aggregation.access.token_commands import tokens
from aggregation.appraisal.revise_command import revise
from aggregation.breach.commands import breach
from aggregation.months.commands import close
from aggregation.months.rule_command import rule
from aggregation.office.commands import COMMANDS as OFFICE
from aggregation.output.index_command import index
from aggregation.output.report.report_command import report
from aggregation.output.scores_command import scores
from aggregation.proof.commands import COMMANDS as PROOF
from aggregation.sign_on.commands import unlink_account

COMMANDS = (index, *OFFICE, close, revise, rule, scores, report, accounts, tokens, breach, *PROOF)

# It knows the provider, of which accounts know nothing.
accounts.add_command(unlink_account)
