from datetime import timedelta
from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command, Datetime

from .test_contacts_in import ContactsInCase


class TestContactGroups(ContactsInCase):
    """Contact groups of Xero and tags of contacts follow each other."""

    def setUp(self):
        super().setUp()
        self.connection.write({"import_contact_groups": True, "send_contact_groups": True})
        self.tag = self.env["res.partner.category"].create({"name": "VIP"})

    def _group_in_xero(self, name, *contacts):
        answer = self.client.put("ContactGroups", {"ContactGroups": [{"Name": name}]}, key=str(uuid4()))
        group_id = answer.elements[0].data["ContactGroupID"]
        self._put_in(group_id, *contacts)
        return group_id

    def _put_in(self, group_id, *contacts):
        """Somebody puts contacts into a group in Xero."""
        body = {"Contacts": [{"ContactID": contact} for contact in contacts]}
        if contacts:
            self.client.put(f"ContactGroups/{group_id}/Contacts", body, key=str(uuid4()))
        self.xero.clear_journal()

    def _take_out(self, group_id, contact_id):
        self.client.delete(f"ContactGroups/{group_id}/Contacts/{contact_id}")
        self.xero.clear_journal()

    def _members(self, group_id):
        answer = self.client.get(f"ContactGroups/{group_id}")
        self.xero.clear_journal()
        return {contact["ContactID"] for contact in answer.payload["ContactGroups"][0]["Contacts"]}

    def _linked(self, *names):
        """Partners that are in Xero, because they have an invoice."""
        partners = self.env["res.partner"].create([{"name": name, "is_company": True} for name in names])
        for partner in partners:
            self._invoice(partner=partner)
        self._export()
        self.xero.clear_journal()
        return partners

    def _id(self, record):
        return self._binding(record).external_id

    def _sent(self):
        """The tag as a group of Xero."""
        self.tag.action_xero_export()
        self._export()
        return self._id(self.tag)

    def _pass_time(self):
        """What was sent is older than the next reading."""
        before = Datetime.now() - timedelta(hours=1)
        self.env["xero.binding"].sudo().search([("connection_id", "=", self.connection.id)]).last_export_date = before

    def test_off_by_default(self):
        """S3-15: groups and tags are left alone before somebody says so."""
        self.connection.write({"import_contact_groups": False, "send_contact_groups": False})
        self._group_in_xero("Clubs")
        self._import()
        self.tag.action_xero_export()
        self._export()
        self.assertFalse(self.env["res.partner.category"].search([("name", "=", "Clubs")]))
        self.assertFalse(self._in_xero("ContactGroups", Name="VIP"))

    def test_tag_becomes_a_group(self):
        """S5-08: a tag that is sent is a group, its linked contacts are in it, nobody else goes to Xero for it."""
        first, second = self._linked("Bayside Club", "Harbour Freight")
        stranger = self.env["res.partner"].create({"name": "Nobody's Customer", "category_id": self.tag.ids})
        first.category_id = self.tag
        self._export()
        self.assertFalse(self._writes())
        group_id = self._sent()
        self.assertEqual(self._members(group_id), {self._id(first)})
        self.assertFalse(self._binding(stranger))
        self.assertFalse(self._queue())
        second.category_id = self.tag
        self.tag.partner_ids = [Command.unlink(first.id)]
        self._export()
        self.assertEqual(
            [call["method"] for call in self._writes()],
            ["PUT", "DELETE"],
        )
        self.assertEqual(self._members(group_id), {self._id(second)})
        self._invoice(partner=stranger)
        self._export()
        self.assertEqual(self._members(group_id), {self._id(second), self._id(stranger)})

    def test_many_share_a_call(self):
        """S5-08: many contacts go into a group in one call; put in and out again costs none."""
        partners = self._linked("Bayside Club", "Harbour Freight", "City Limousines")
        group_id = self._sent()
        self.xero.clear_journal()
        partners.category_id = self.tag
        self._export()
        [call] = self._writes()
        self.assertEqual(call["method"], "PUT")
        self.assertEqual(self._members(group_id), {self._id(partner) for partner in partners})
        partners[0].category_id = False
        partners[0].category_id = self.tag
        self._export()
        self.assertFalse(self._writes())

    def test_in_and_out_again(self):
        """S5-08: a contact taken out of a group and put in later is in it, once."""
        [partner] = self._linked("Bayside Club")
        group_id = self._sent()
        for _time in range(2):
            partner.category_id = self.tag
            self._export()
            self.assertEqual(self._members(group_id), {self._id(partner)})
            partner.category_id = False
            self._export()
            self.assertEqual(self._members(group_id), set())
        self.assertFalse(self._queue())
        self.assertFalse(self._issues())

    def test_group_becomes_a_tag(self):
        """S5-08, S3-15: a group of Xero is a tag, and who is in it has it; that does not go back."""
        first, second = self._linked("Bayside Club", "Harbour Freight")
        group_id = self._group_in_xero("Clubs", self._id(first))
        self._import()
        tag = self.env["res.partner.category"].search([("name", "=", "Clubs")])
        self.assertEqual(tag.partner_ids, first)
        self.assertEqual(self._id(tag), group_id)
        self._put_in(group_id, self._id(second))
        self._take_out(group_id, self._id(first))
        self._import()
        self.assertEqual(tag.partner_ids, second)
        self._export()
        self.assertFalse(self._queue())
        self.assertFalse(self._writes())
        self._import()
        self.assertEqual(self._members(group_id), {self._id(second)})

    def test_same_name_is_the_same_group(self):
        """S5-08: a group called as a tag is that tag; both sides' contacts come together."""
        first, second = self._linked("Bayside Club", "Harbour Freight")
        second.category_id = self.tag
        group_id = self._group_in_xero("vip", self._id(first))
        self._import()
        self.assertEqual(self._id(self.tag), group_id)
        self._export()
        self.assertEqual(self.tag.partner_ids, first | second)
        self.assertEqual(self._members(group_id), {self._id(first), self._id(second)})
        self.assertEqual(len(self._in_xero("ContactGroups", Name="vip")), 1)

    def test_sent_group_that_exists(self):
        """S5-08: a tag that is sent where Xero has a group of that name is linked with it where somebody says so."""
        first, second = self._linked("Bayside Club", "Harbour Freight")
        group_id = self._group_in_xero("VIP", self._id(first))
        second.category_id = self.tag
        self.assertFalse(self._sent())
        self._issues().action_link()
        self._export()
        self.assertEqual(self._id(self.tag), group_id)
        self.assertEqual(self._members(group_id), {self._id(first), self._id(second)})
        self.assertFalse(self._issues())

    def test_waiting_change_is_odoos_word(self):
        """S4-03: a tag given in Odoo is not taken away by a reading of Xero before it could go there."""
        [partner] = self._linked("Bayside Club")
        group_id = self._sent()
        partner.category_id = self.tag
        self._mark()
        self._import()
        self.assertEqual(partner.category_id, self.tag)
        self._export()
        self._import()  # read within the second in which it was sent, or later
        self.assertEqual(partner.category_id, self.tag)
        self.assertEqual(self._members(group_id), {self._id(partner)})
        self._pass_time()
        self._take_out(group_id, self._id(partner))
        self._import()
        self.assertFalse(partner.category_id)

    def test_sent_while_it_was_read(self):
        """S4-03: who went into a group, or out of it, after Xero was asked is not put back by the older answer."""
        first, second = self._linked("Bayside Club", "Harbour Freight")
        group_id = self._sent()
        first.category_id = self.tag
        self._export()
        self._pass_time()
        importer = self.env["xero.importer"].sudo().with_context(xero_no_export=True)
        asked_at = Datetime.now()
        [read] = self.client.get(f"ContactGroups/{group_id}").payload["ContactGroups"]
        first.category_id = False
        second.category_id = self.tag
        self._export()
        mapper, connection = importer.env["xero.mapper.contact_group"], self.connection.with_env(importer.env)
        for moment, expected in ((asked_at, second), (Datetime.now() + timedelta(hours=1), first)):
            importer._import_page(connection, mapper, [{**read, "AskedAt": moment}])
            self.env.invalidate_all()
            self.assertEqual(self.tag.partner_ids, expected)

    def test_renamed_and_deleted_groups(self):
        """S5-08: a new name follows both ways; a group deleted in Xero leaves the tag, and nothing is sent for it."""
        [partner] = self._linked("Bayside Club")
        partner.category_id = self.tag
        group_id = self._sent()
        self.tag.name = "Gold"
        self._export()
        self.assertEqual([group["Name"] for group in self._in_xero("ContactGroups", ContactGroupID=group_id)], ["Gold"])
        body = {"ContactGroups": [{"ContactGroupID": group_id, "Name": "Platinum"}]}
        self.client.post(f"ContactGroups/{group_id}", body, key=str(uuid4()))
        self._pass_time()
        self._import()
        self.assertEqual(self.tag.name, "Platinum")
        body = {"ContactGroups": [{"ContactGroupID": group_id, "Status": "DELETED"}]}
        self.client.post(f"ContactGroups/{group_id}", body, key=str(uuid4()))
        self.xero.clear_journal()
        self._import()
        self.assertEqual(partner.category_id, self.tag)
        self.assertEqual(self._binding(self.tag).state, "deleted")
        partner.category_id = False
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._issues())

    def test_lost_answer(self):
        """S5-08: where the answer was lost, a contact is in its group once, and no group is made twice."""
        partners = self._linked("Bayside Club", "Harbour Freight")
        partners.category_id = self.tag
        self.xero.add_fault("reset", method="PUT", path="ContactGroups", when="after", times=1)
        self.tag.action_xero_export()
        self._export()
        self._export()
        self.xero.add_fault("reset", method="PUT", path="ContactGroups", when="after", times=1)
        self._export()
        self._export()
        [group] = self._in_xero("ContactGroups", Name="VIP")
        self.assertEqual(self._members(group["ContactGroupID"]), {self._id(partner) for partner in partners})
        self.assertFalse(self._queue())

    def test_archived_contact(self):
        """S5-08: one contact that Xero puts into no group keeps the others out of none, and is told of."""
        first, second = self._linked("Bayside Club", "Harbour Freight")
        group_id = self._sent()
        self._change_in_xero(self._id(second), ContactStatus="ARCHIVED")
        (first | second).category_id = self.tag
        self._export()
        self.assertEqual(self._members(group_id), {self._id(first)})
        [issue] = self._issues()
        self.assertEqual((issue.model, issue.record_name), ("xero.group.member", "Harbour Freight in VIP"))

    def test_tags_in_xero_are_not_deleted(self):
        """S4-03: a tag that is a group in Xero is not thrown away in Odoo without a word."""
        self._sent()
        with self.assertRaises(UserError):
            self.tag.unlink()
